// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.code.ObjectBytes;
import io.hpclaunch.pool.journal.BatchEntry;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.ReduceInput;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A pool of workers, as its user holds it: tasks go in, futures come out.
 *
 * <p>Every task's result is delivered once. A task may run more than once: when its worker died, or
 * lost its connection, another one begins it again.
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1
 */
public final class WorkerPool implements AutoCloseable {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final PoolClient client;
  private final @Nullable PoolKeeper keeper;
  private final Readers readers;
  private final Readers passing;
  private final LooseBatches loose;
  private final ClassLoader loader;
  private @Nullable List<String> jars;

  WorkerPool(ClientSettings settings) {
    this(settings, null);
  }

  private WorkerPool(ClientSettings settings, @Nullable PoolKeeper keeper) {
    this.keeper = keeper;
    this.client = new PoolClient(settings);
    this.loose = new LooseBatches(client);
    this.readers = new Readers(settings.store(), settings.journals() != null);
    this.passing = new Readers(settings.store(), false);
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    this.loader = context == null ? WorkerPool.class.getClassLoader() : context;
  }

  /**
   * Opens a pool of the configuration. One that has no workers gets a batch job with some; tasks
   * that are handed over before these have come wait for them.
   *
   * @param runtime has the configuration and the backends; it is to be closed after the pool
   * @param name the pool's name; empty or {@code default}: the first one
   * @return the pool, to be closed by the caller; its workers stay
   * @throws io.hpclaunch.api.InvalidConfiguration when it is not described, or not rightly
   * @throws io.hpclaunch.api.BackendUnavailable when another process uses the pool and no broker is
   *     configured that both could use, or when its jobs end before a worker comes
   */
  public static WorkerPool open(HpcRuntime runtime, String name) {
    PoolKeeper keeper = PoolKeeper.of(runtime, name);
    keeper.start();
    return open(keeper);
  }

  /** As {@link #open}; empty where another process uses the pool and has its broker. */
  static Optional<WorkerPool> tryOpen(HpcRuntime runtime, String name) {
    PoolKeeper keeper = PoolKeeper.of(runtime, name);
    return keeper.startOrShare() ? Optional.of(open(keeper)) : Optional.empty();
  }

  private static WorkerPool open(PoolKeeper keeper) {
    try {
      WorkerPool pool = new WorkerPool(keeper.client(), keeper);
      pool.client.roster().onFirst(keeper::workerCame);
      keeper.keep(pool.client::hasOpenTasks, pool.client::failAll);
      pool.start();
      return pool;
    } catch (RuntimeException e) {
      keeper.close();
      throw e;
    }
  }

  void start() {
    BatchJournals journals = client.settings().journals();
    if (journals != null) {
      journals.prune(Instant.now());
    }
    client.start();
  }

  /**
   * Hands over a function without an input.
   *
   * @param task the function
   * @param <T> what it gives
   * @return completes with its result
   * @throws IllegalArgumentException when it cannot travel: the message says what in it
   */
  public <T extends @Nullable Object> TaskFuture<T> submit(SerializableCallable<T> task) {
    return submit(task, TaskOptions.DEFAULT);
  }

  /**
   * Hands over a function without an input.
   *
   * @param task the function
   * @param options what it needs
   * @param <T> what it gives
   * @return completes with its result
   * @throws IllegalArgumentException when it cannot travel: the message says what in it
   */
  public <T extends @Nullable Object> TaskFuture<T> submit(
      SerializableCallable<T> task, TaskOptions options) {
    Code code = java(task, false);
    TaskFuture<T> future =
        loose.next(LooseBatches.Kind.FUNCTIONS, reader(task), allowed(task).patterns());
    return handOver(future, code, new byte[0], options, 0);
  }

  /**
   * Hands over a command.
   *
   * @param task the command
   * @return completes with how it ended
   */
  public TaskFuture<CommandResult> submit(CommandTask task) {
    return submit(task, TaskOptions.DEFAULT);
  }

  /**
   * Hands over a command.
   *
   * @param task the command
   * @param options what it needs
   * @return completes with how it ended
   */
  public TaskFuture<CommandResult> submit(CommandTask task, TaskOptions options) {
    TaskFuture<CommandResult> future =
        loose.next(LooseBatches.Kind.COMMANDS, readers.commands(), List.of());
    return handOver(future, new Code.Command(), task.encode(), options, 0);
  }

  /**
   * Hands over commands, as one batch.
   *
   * @param tasks the commands
   * @param options what each needs
   * @return the batch, whose results are in the order of the commands
   */
  public Batch<CommandResult> submitAll(Collection<CommandTask> tasks, TaskOptions options) {
    OpenBatch<CommandResult> batch = client.open(readers.commands(), BatchEntry.Kind.COMMANDS);
    return handOver(batch, new Code.Command(), tasks, CommandTask::encode, options);
  }

  /**
   * Applies a function to each of some inputs.
   *
   * @param function the function
   * @param inputs what it is applied to; each is serializable or null
   * @param <I> what it takes
   * @param <O> what it gives
   * @return the batch, whose results are in the order of the inputs
   * @throws IllegalArgumentException when the function or an input cannot travel
   */
  public <I extends @Nullable Object, O extends @Nullable Object> Batch<O> map(
      SerializableFunction<I, O> function, Collection<I> inputs) {
    return map(function, inputs, TaskOptions.DEFAULT);
  }

  /**
   * Applies a function to each of some inputs.
   *
   * @param function the function
   * @param inputs what it is applied to; each is serializable or null
   * @param options what each task needs
   * @param <I> what it takes
   * @param <O> what it gives
   * @return the batch, whose results are in the order of the inputs
   * @throws IllegalArgumentException when the function or an input cannot travel
   */
  public <I extends @Nullable Object, O extends @Nullable Object> Batch<O> map(
      SerializableFunction<I, O> function, Collection<I> inputs, TaskOptions options) {
    Code code = java(function, false);
    OpenBatch<O> batch = client.open(this.<O>reader(function), BatchEntry.Kind.FUNCTIONS);
    batch.allow(allowed(function).patterns());
    return handOver(batch, code, inputs, WorkerPool::inputBytes, options);
  }

  private static byte[] inputBytes(@Nullable Object input) {
    return bytes(input, "an input");
  }

  /** All of it, or nothing that anybody waits for. */
  private <I extends @Nullable Object, O extends @Nullable Object> Batch<O> handOver(
      OpenBatch<O> batch,
      Code code,
      Collection<I> inputs,
      Function<I, byte[]> bytes,
      TaskOptions options) {
    int most = client.share(inputs.size());
    try {
      for (I input : inputs) {
        byte[] given = bytes.apply(input);
        TaskFuture<O> unused = handOver(batch.batch().next(), code, given, options, most);
      }
    } catch (RuntimeException e) {
      batch.batch().cancel();
      throw e;
    }
    batch.whole();
    return batch.batch();
  }

  /**
   * Goes on with a batch whose client died, or was closed: it gives the results that came to that
   * client, those that the broker has, and those that come; each once.
   *
   * <p>It can be done again until the batch is cancelled, the pool is deleted, or nobody has had
   * the batch for a week. Tasks of {@link #mapReduce} end with their client.
   *
   * @param id what {@link Batch#id} gave
   * @param <T> what each task gives; {@link CommandResult} for commands
   * @return the batch; where its client died while it handed over, {@link Batch#isComplete} says so
   * @throws Unsupported when no broker is configured: that of a client ends with it
   * @throws IllegalArgumentException when no such batch is kept
   * @throws io.hpclaunch.api.BackendUnavailable when a client that lives has it
   */
  @SuppressWarnings("unchecked") // the caller says what the tasks give
  public <T extends @Nullable Object> Batch<T> attach(String id) {
    BatchJournals.Taken taken = journals().take(id);
    ResultReader<T> reader = taken.content().opened().kind() == BatchEntry.Kind.COMMANDS
        ? (ResultReader<T>) readers.commands()
        : readers.functions(loader, AllowList.of(taken.content().allowed()));
    Batch<T> batch = client.attach(taken, reader).batch();
    if (keeper != null && batch.ended() < batch.size()) {
      keeper.want();
    }
    return batch;
  }

  /**
   * The batches that can be attached to, or are in use.
   *
   * @return the oldest first
   * @throws Unsupported when no broker is configured: that of a client ends with it
   */
  public List<BatchInfo> batches() {
    return journals().list().entrySet().stream()
        .map(e -> BatchInfo.of(e.getKey(), e.getValue()))
        .sorted(Comparator.comparing(BatchInfo::begun))
        .toList();
  }

  private BatchJournals journals() {
    BatchJournals journals = client.settings().journals();
    if (journals == null) {
      throw new Unsupported("the broker of pool " + client.settings().pool()
          + " ends with its client, and the results with it; batches that outlive their client"
          + " need a broker of their own: amqp_url");
    }
    return journals;
  }

  /**
   * Applies a function to each of some inputs, and one more to all that it gives. The second one
   * begins when a fifth of the first is done.
   *
   * @param function the function
   * @param inputs what it is applied to; each is serializable or null
   * @param reducer takes the results in the order of the inputs, as they come; it can go over them
   *     once, and waits for those that are not there yet without holding a slot
   * @param <I> what the function takes
   * @param <R> what it gives, and the reducer takes in
   * @param <O> what the reducer gives
   * @return completes with the reducer's result; exceptionally when the reducer or one of the first
   *     fails, and then the others are given up
   * @throws IllegalArgumentException when a function or an input cannot travel
   */
  public <I extends @Nullable Object, R extends @Nullable Object, O extends @Nullable Object>
      TaskFuture<O> mapReduce(
          SerializableFunction<I, R> function,
          Collection<I> inputs,
          SerializableFunction<Iterable<R>, O> reducer) {
    return mapReduce(function, inputs, reducer, Share.percent(20), TaskOptions.DEFAULT);
  }

  /**
   * Applies a function to each of some inputs, and one more to all that it gives.
   *
   * @param function the function
   * @param inputs what it is applied to; each is serializable or null
   * @param reducer takes the results in the order of the inputs, as they come; it can go over them
   *     once, and waits for those that are not there yet without holding a slot
   * @param start how much of the first must be done before the reducer begins
   * @param options what each task needs, the reducer too
   * @param <I> what the function takes
   * @param <R> what it gives, and the reducer takes in
   * @param <O> what the reducer gives
   * @return completes with the reducer's result; exceptionally when the reducer or one of the first
   *     fails, and then the others are given up
   * @throws IllegalArgumentException when a function or an input cannot travel
   */
  public <I extends @Nullable Object, R extends @Nullable Object, O extends @Nullable Object>
      TaskFuture<O> mapReduce(
          SerializableFunction<I, R> function,
          Collection<I> inputs,
          SerializableFunction<Iterable<R>, O> reducer,
          Share start,
          TaskOptions options) {
    Code code = java(function, false);
    Code reducing = java(reducer, true);
    int most = client.share(inputs.size());
    OpenBatch<@Nullable Object> maps =
        client.openUnkept(passing.relayed(loader, allowed(function)));
    client.declareInputs(maps.id());
    maps.relay(result -> client.relay(maps.id(), result));
    TaskFuture<O> reduced = loose.next(
        LooseBatches.Kind.REDUCERS, passing.functions(loader, allowed(reducer)), List.of());
    byte[] wanted = new ReduceInput(maps.id(), inputs.size()).encode();
    MapReduce steps = new MapReduce(maps.batch(), inputs.size(), start, () -> {
      TaskFuture<O> unused = handOver(reduced, reducing, wanted, options, 1);
    });
    steps.endsWith(reduced);
    try {
      for (I input : inputs) {
        byte[] given = inputBytes(input);
        TaskFuture<@Nullable Object> map = maps.batch().next();
        steps.follow(map, reduced);
        TaskFuture<@Nullable Object> unused = handOver(map, code, given, options, most);
      }
    } catch (RuntimeException e) {
      reduced.cancel(false); // and what it would take in
      throw e;
    }
    maps.whole();
    return reduced;
  }

  private <T extends @Nullable Object> TaskFuture<T> handOver(
      TaskFuture<T> future, Code code, byte[] input, TaskOptions options, int most) {
    boolean isHandedOver = false;
    try {
      client.submit(future, code, input, options, most);
      isHandedOver = true;
      if (keeper != null) {
        keeper.want();
      }
      return future;
    } catch (IOException e) {
      throw new UncheckedIOException("a task cannot be handed over: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while tasks were handed over", e);
    } finally {
      if (!isHandedOver) {
        future.giveUp(); // nobody will run it
      }
    }
  }

  private <T extends @Nullable Object> ResultReader<T> reader(Serializable function) {
    return readers.functions(loader, allowed(function));
  }

  private AllowList allowed(Serializable function) {
    return client.settings().allow().and(ownClasses(function));
  }

  /** The classes beside the function's own: those of its package and of the packages within. */
  private static List<String> ownClasses(Serializable function) {
    Class<?> type = function.getClass();
    String name = type.getPackageName();
    if (!name.isEmpty()) {
      return List.of(name + ".**");
    }
    String outer = type.getName().replaceAll("[$/].*", "");
    return List.of(outer, outer + "$*");
  }

  private Code java(Serializable function, boolean reduces) {
    try {
      byte[] bytes = bytes(function, "the function");
      return new Code.Java(
          jars(),
          allowed(function).patterns(),
          client.payload("functions/" + java.util.UUID.randomUUID(), bytes),
          reduces);
    } catch (IOException e) {
      throw new UncheckedIOException("the function cannot be handed over: " + e.getMessage(), e);
    }
  }

  /** The classes of this process travel when the first function does. */
  private synchronized List<String> jars() throws IOException {
    List<String> known = jars;
    if (known == null) {
      known = ClassPath.upload(ClassPath.current(), client.settings().store());
      jars = known;
    }
    return known;
  }

  private static byte[] bytes(@Nullable Object object, String what) {
    try {
      return ObjectBytes.write(object);
    } catch (IOException e) {
      throw new IllegalArgumentException(what + " cannot travel: " + e, e);
    }
  }

  /** The workers that are heard of. */
  List<WorkerReport> workers() {
    return client.roster().present();
  }

  /**
   * Its name.
   *
   * @return the name in the configuration, also where it was opened as the default one
   */
  public String name() {
    return keeper().settings().name();
  }

  /**
   * Where its jobs run.
   *
   * @return the name of a backend
   */
  public String backend() {
    return keeper().backend();
  }

  /**
   * Where the pool stands, as its scheduler tells and its workers told lately.
   *
   * @return its status
   */
  public PoolStatus status() {
    return keeper().status(workers(), Instant.now());
  }

  /**
   * How many workers it is to have.
   *
   * @return the number that it was scaled to, else that of the configuration
   */
  public int wanted() {
    return keeper().wanted();
  }

  /**
   * Whether a batch job was submitted for it since it was opened here: its workers come when that
   * runs.
   *
   * @return false when all its workers had jobs already
   */
  public boolean hasSubmitted() {
    return keeper().hasSubmitted();
  }

  /**
   * Waits until workers are there. Where a job ends before, another one is submitted.
   *
   * @param count how many
   * @param limit the longest wait
   * @return whether they came
   * @throws InterruptedException when the waiting thread is interrupted
   * @throws io.hpclaunch.api.BackendUnavailable when no more jobs are submitted, since three in a
   *     row ended before a worker of theirs came
   */
  public boolean awaitWorkers(int count, Duration limit) throws InterruptedException {
    keeper().want();
    return client.roster().await(count, limit);
  }

  /**
   * Waits until no worker has a task: those that were cancelled have ended.
   *
   * @param limit the longest wait
   * @return whether it came to that
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public boolean awaitIdle(Duration limit) throws InterruptedException {
    long asked = System.nanoTime();
    long end = asked + limit.toNanos();
    while (System.nanoTime() < end) {
      client.order(new Order.Report());
      boolean isIdle = client
          .roster()
          .await(report -> report.running() + report.waiting() == 0, asked, BETWEEN_LOOKS);
      if (isIdle) {
        return true;
      }
    }
    return false;
  }

  private PoolKeeper keeper() {
    if (keeper == null) {
      throw new IllegalStateException("this pool is not one of a configuration");
    }
    return keeper;
  }

  PoolClient client() {
    return client;
  }

  /**
   * Ends the workers, and forgets the pool; who opens it again deploys a new one. Tasks that wait
   * are not run, and fail. Safe to repeat.
   *
   * @param patience how long tasks that run are given before the job is cancelled
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  public void delete(Duration patience) throws InterruptedException {
    if (keeper != null) {
      keeper.delete(patience);
    }
  }

  /**
   * Ends this client: tasks that have not ended are not waited for, and their futures are
   * cancelled; the workers stay. With a broker of its own, tasks that are on their way to it are
   * waited for, for some seconds: another client can {@link #attach}.
   */
  @Override
  public void close() {
    loose.end();
    client.close();
    if (keeper != null) {
      keeper.close();
    }
  }
}
