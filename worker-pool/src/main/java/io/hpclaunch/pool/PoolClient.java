// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.amqp.Publisher;
import io.hpclaunch.pool.journal.BatchEntry;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.Task;
import io.hpclaunch.pool.wire.TaskResult;
import io.hpclaunch.pool.wire.WireException;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's side of a pool: hands tasks over, takes their results in, each once, and keeps at it
 * when the connection is lost. What was handed over lies with the broker, so that a million tasks
 * that wait cost the client their futures and no more.
 */
final class PoolClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolClient.class);

  /** Messages of results that are being taken in at once; users' callbacks run meanwhile. */
  private static final int PREFETCH = 64;

  /** How long a client that ends waits until the broker has its last tasks. */
  private static final Duration HAND_OVER = Duration.ofSeconds(10);

  /** Far less than what is kept of a batch that nobody has an interest in. */
  private static final Duration TOUCH_EVERY = Duration.ofHours(1);

  private final ClientSettings settings;
  private final PoolQueues queues;
  private final Publisher publisher = new Publisher();
  private final Outbox outbox;
  private final Roster roster;
  private final BrokerSession sending;
  private final BrokerSession receiving;
  private final ExecutorService callbacks = Executors.newCachedThreadPool(PoolClient::thread);
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(PoolClient::thread);
  private final Map<String, OpenBatch<?>> batches = new ConcurrentHashMap<>();
  private final Cancellations cancellations = new Cancellations();
  private final Object finishing = new Object();
  private final Object lock = new Object();
  private final Set<String> relayed = new HashSet<>();
  private final Set<String> finished = new HashSet<>();
  private volatile String whyLost = "";
  private @Nullable Channel talk;
  private @Nullable Connection receiver;

  PoolClient(ClientSettings settings) {
    this.settings = settings;
    this.queues = new PoolQueues(settings.pool());
    this.outbox = new Outbox(publisher, this::handedOver, settings.batch(), settings.slots());
    this.roster = new Roster(this::tellAgain);
    this.sending = new BrokerSession(settings.broker(), "client of " + settings.pool(), sender());
    this.receiving =
        new BrokerSession(settings.broker(), "results of " + settings.pool(), receiver());
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "pool");
    thread.setDaemon(true);
    return thread;
  }

  void start() {
    sending.start();
    receiving.start();
    outbox.start();
    Future<?> unused = clock.scheduleWithFixedDelay(
        () -> batches.values().forEach(OpenBatch::touch),
        TOUCH_EVERY.toMillis(),
        TOUCH_EVERY.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** The workers that are heard of. */
  Roster roster() {
    return roster;
  }

  ClientSettings settings() {
    return settings;
  }

  private BrokerSession.Listener sender() {
    return new BrokerSession.Listener() {
      @Override
      public void connected(Connection connection) throws IOException {
        Channel made = BrokerSession.channel(connection);
        queues.declare(made);
        for (OpenBatch<?> batch : batches.values()) { // before a task can bring a result
          if (!batch.mustBeLookedFor()) {
            queues.declareResults(made, batch.id());
          }
        }
        synchronized (lock) {
          for (String batch : relayed) {
            queues.declareInputs(made, batch);
          }
          talk = made;
        }
        publisher.connected(connection);
        whyLost = "";
        tellAgain();
        order(new Order.Report());
      }

      @Override
      public void lost(String why) {
        synchronized (lock) {
          talk = null;
        }
        publisher.lost();
        if (!why.equals(whyLost)) { // and not at each attempt to connect again
          LOG.warn("worker pool {} waits for its broker: {}", settings.pool(), why);
        }
        whyLost = why;
      }
    };
  }

  private BrokerSession.Listener receiver() {
    return new BrokerSession.Listener() {
      @Override
      public void connected(Connection connection) throws IOException {
        Channel made = BrokerSession.channel(connection);
        queues.declare(made);
        queues.hear(made, queues.reports(), PoolClient.this::hear);
        synchronized (lock) {
          for (String batch : finished) {
            queues.deleteResults(made, batch);
          }
          finished.clear();
          receiver = connection;
        }
        for (OpenBatch<?> batch : batches.values()) {
          consume(connection, batch);
        }
      }

      @Override
      public void lost(String why) {
        synchronized (lock) {
          receiver = null;
        }
        LOG.debug("results wait for the broker: {}", why);
      }
    };
  }

  private void hear(byte[] body) {
    try {
      roster.hear(WorkerReport.decode(body));
    } catch (WireException e) {
      LOG.warn("a worker of pool {} is passed over: {}", settings.pool(), e.getMessage());
    }
  }

  /**
   * Starts a batch; its results are taken in from now on. Where there are journals, another client
   * can go on with it.
   *
   * @param reader reads all results; null: each task has a reader of its own
   * @param kind what its tasks are
   */
  <T extends @Nullable Object> OpenBatch<T> open(
      @Nullable ResultReader<T> reader, BatchEntry.Kind kind) {
    String id = UUID.randomUUID().toString();
    BatchJournals journals = settings.journals();
    return begin(new OpenBatch<>(
        new Batch<>(id, handing()),
        reader,
        journals == null
            ? null
            : journals.create(id, new BatchEntry.Opened(Instant.now(), kind, reader == null))));
  }

  /** Starts a batch that ends with this client. */
  <T extends @Nullable Object> OpenBatch<T> openUnkept(@Nullable ResultReader<T> reader) {
    return begin(
        new OpenBatch<>(new Batch<>(UUID.randomUUID().toString(), handing()), reader, null));
  }

  /** Goes on with another client's batch. */
  <T extends @Nullable Object> OpenBatch<T> attach(
      BatchJournals.Taken taken, ResultReader<T> reader) {
    OpenBatch<T> batch =
        new OpenBatch<>(new Batch<>(taken.id(), handing()), reader, taken.journal());
    try {
      batch.restore(taken.content(), taken::replay);
    } catch (IOException e) {
      Channel unused = batch.close();
      throw new BackendUnavailable(
          "the journal of batch " + taken.id() + " cannot be read: " + e.getMessage(), e);
    }
    List<Integer> givenUp = taken.content().givenUp().stream().boxed().toList();
    if (!givenUp.isEmpty()) {
      cancellations.add(taken.id(), givenUp);
    }
    batches.put(taken.id(), batch); // not before it can take results in
    if (batch.batch().isOver()) {
      finish(batch);
    } else {
      listen(batch);
    }
    return batch;
  }

  /** Takes its results in, now or with the next connection. */
  private void listen(OpenBatch<?> batch) {
    Connection hear;
    synchronized (lock) {
      hear = receiver;
    }
    try {
      if (hear != null) {
        consume(hear, batch);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("batch {} waits for the broker: {}", batch.id(), e.toString());
    }
  }

  private <T extends @Nullable Object> Batch.Handing<T> handing() {
    return new Batch.Handing<>() {
      @Override
      public void cancel(Batch<T> batch, List<Integer> tasks) {
        PoolClient.this.cancel(batch.id(), tasks);
      }

      @Override
      public void over(Batch<T> batch) {
        OpenBatch<?> open = batches.get(batch.id());
        if (open != null) {
          finish(open);
        }
      }
    };
  }

  private <T extends @Nullable Object> OpenBatch<T> begin(OpenBatch<T> batch) {
    String id = batch.id();
    batches.put(id, batch);
    Channel tell;
    synchronized (lock) {
      tell = talk;
    }
    try {
      if (tell != null) {
        queues.declareResults(tell, id);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("batch {} waits for the broker: {}", id, e.toString());
    }
    listen(batch);
    return batch;
  }

  private void consume(Connection connection, OpenBatch<?> batch) throws IOException {
    if (!batches.containsKey(batch.id())) {
      return; // over meanwhile
    }
    if (batch.mustBeLookedFor()) {
      if (!queues.hasResults(connection, batch.id())) {
        callbacks.execute(() -> batch.lose(lost(batch.id())));
        return;
      }
      batch.lookedFor(true);
    }
    Channel channel = BrokerSession.channel(connection);
    batch.comesFrom(channel);
    queues.declareResults(channel, batch.id());
    channel.basicQos(PREFETCH);
    channel.basicConsume(queues.results(batch.id()), false, new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        callbacks.execute(() -> take(channel, envelope.getDeliveryTag(), batch, body));
      }
    });
  }

  private static TaskException lost(String batch) {
    return new TaskException(
        TaskException.Reason.LOST,
        "the broker has the results of batch %s no more; it keeps them for %d days"
            .formatted(batch, PoolQueues.RESULTS_KEPT.toDays()),
        "",
        null);
  }

  private void take(Channel channel, long tag, OpenBatch<?> batch, byte[] body) {
    try {
      ResultMessage message = ResultMessage.decode(body);
      batch.take(message, body, roster.host(message.worker()));
    } catch (WireException e) {
      LOG.warn("results of batch {} are passed over: {}", batch.id(), e.getMessage());
    }
    try {
      channel.basicAck(tag, false);
    } catch (IOException | RuntimeException e) {
      LOG.debug("results of batch {} come again: {}", batch.id(), e.toString());
    }
  }

  /** Hands a task over; waits while too much is on its way. */
  void submit(TaskFuture<?> future, Code code, byte[] input, TaskOptions options, int most)
      throws InterruptedException, IOException {
    String batch = future.batch().id();
    boolean reduces = code instanceof Code.Java java && java.reduces();
    String queue = reduces ? queues.reducers() : queues.tasks();
    double cpus = options.cpus() == null ? settings.cpusTask() : options.cpus();
    Task task = new Task(
        future.index(),
        0,
        0,
        options.retries(),
        0,
        options.limit(),
        cpus,
        options.gpus(),
        payload("batches/" + batch + "/" + future.index() + ".input", input));
    outbox.add(new Outbox.Entry(queue, batch, code, task, most));
  }

  private void handedOver(String batch, List<Integer> tasks) {
    OpenBatch<?> open = batches.get(batch);
    if (open != null) {
      open.handedOver(tasks);
    }
  }

  /** Makes the queue that a reducer takes in from, now or with the next connection. */
  void declareInputs(String batch) {
    synchronized (lock) {
      try {
        if (talk != null) {
          queues.declareInputs(talk, batch);
        }
      } catch (IOException | RuntimeException e) {
        LOG.debug("the reducer's queue waits for the broker: {}", e.toString());
      }
      relayed.add(batch);
    }
  }

  /** Hands a result on to the reducer that takes it in. */
  void relay(String batch, TaskResult result) throws InterruptedException {
    byte[] body = new ResultMessage(batch, "", List.of(result)).encode();
    publisher.publish(new Publisher.Outgoing(queues.inputs(batch), body, () -> {}));
  }

  /** What is large goes through the store. */
  Payload payload(String key, byte[] bytes) throws IOException {
    if (bytes.length <= settings.inlineLimit()) {
      return new Payload.Inline(bytes);
    }
    settings.store().put(key, bytes);
    return new Payload.Stored(key, bytes.length);
  }

  private void cancel(String batch, List<Integer> tasks) {
    OpenBatch<?> open = batches.get(batch);
    if (open != null) {
      open.givenUp(tasks);
    }
    cancellations.add(batch, tasks);
    order(new Order.Cancel(batch, tasks));
    if (tasks.isEmpty()) {
      if (open != null) {
        finish(open);
      }
      forget(batch);
    }
  }

  /** A worker that has just come has not heard what was cancelled before. */
  private void tellAgain() {
    cancellations.orders().forEach(this::order);
  }

  /** Takes in no more results of a batch. */
  private void finish(OpenBatch<?> batch) {
    synchronized (finishing) {
      if (!batches.remove(batch.id(), batch)) {
        return;
      }
      removeQueue(batch.id(), batch.close());
    }
    if (batch.isOneByOne()) { // each of its futures has what it waited for
      forget(batch.id());
    }
  }

  /**
   * Now or with the next connection, of those that send nothing: a broker that has too much holds
   * up the others.
   */
  private void removeQueue(String batch, @Nullable Channel its) {
    Connection hear;
    synchronized (lock) {
      hear = receiver;
    }
    try {
      Channel channel = its == null && hear != null ? BrokerSession.channel(hear) : its;
      if (channel != null) {
        queues.deleteResults(channel, batch);
        channel.abort();
        return;
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("the queue of batch {} waits for the broker: {}", batch, e.toString());
    }
    synchronized (lock) {
      finished.add(batch);
    }
  }

  /** Nobody can attach to a batch any more. */
  private void forget(String batch) {
    BatchJournals journals = settings.journals();
    if (journals != null) {
      journals.remove(batch);
    }
  }

  /** How many tasks of so many go in one message. */
  int share(int tasks) {
    return outbox.share(tasks);
  }

  /** Whether a task was handed over that has not ended. */
  boolean hasOpenTasks() {
    return batches.values().stream()
        .anyMatch(each -> each.batch().ended() < each.batch().size());
  }

  /** Nobody will run what has not ended. */
  void failAll(RuntimeException why) {
    TaskException thrown = new TaskException(
        TaskException.Reason.NO_WORKERS, String.valueOf(why.getMessage()), "", why);
    for (OpenBatch<?> batch : batches.values()) {
      for (TaskFuture<?> future : batch.batch().futures()) {
        future.fail(thrown);
      }
      if (!batch.isOneByOne()) { // to that one, more may come
        cancel(batch.id(), List.of());
      }
    }
  }

  void order(Order order) {
    synchronized (lock) {
      try {
        if (talk != null) {
          talk.basicPublish(queues.orders(), "", null, order.encode());
        }
      } catch (IOException | RuntimeException e) {
        LOG.debug("an order was lost: {}", e.toString());
      }
    }
  }

  /**
   * Ends the client's part: what has not ended is not waited for, and its futures are cancelled
   * here. Where another client can attach, tasks that are on their way to the broker are waited
   * for.
   */
  @Override
  public void close() {
    if (settings.journals() != null) {
      handOverTheRest();
    }
    synchronized (finishing) { // what is being removed is
      for (OpenBatch<?> batch : batches.values()) {
        if (batch.batch().isOver()) {
          finish(batch);
        }
      }
    }
    outbox.close();
    sending.close();
    receiving.close();
    callbacks.shutdown();
    clock.shutdownNow();
    List<OpenBatch<?>> open = List.copyOf(batches.values());
    batches.clear();
    for (OpenBatch<?> batch : open) {
      Channel unused = batch.close(); // only now: what the broker heard is written down
      CancellationException why =
          new CancellationException("the pool was closed before the task had ended");
      batch.batch().futures().forEach(future -> future.giveUp(why));
    }
  }

  private void handOverTheRest() {
    try {
      if (!outbox.flush(HAND_OVER) || !publisher.awaitConfirmed(HAND_OVER)) {
        LOG.warn("pool {}: the broker did not take the last tasks in time", settings.pool());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
