// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerFile;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.wire.Order;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a pool alive while it is used: the broker, where it is this process's own, and a batch job
 * with workers.
 */
final class PoolKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolKeeper.class);

  /** Schedulers leave half a minute between TERM and KILL. */
  private static final Duration CANCEL_PATIENCE = Duration.ofMinutes(2);

  /** So many jobs in a row may end before a worker comes; then somebody has to look. */
  private static final int MOST_FAILURES = 3;

  private final PoolSettings settings;
  private final PoolFolder folder;
  private final Deployment deployment;
  private final PoolBroker broker;
  private PoolRecord record;
  private BooleanSupplier hasTasks = () -> false;
  private Consumer<RuntimeException> hopeless = why -> {};
  private volatile boolean isKept;
  private boolean isClosed;

  private PoolKeeper(
      PoolSettings settings, PoolFolder folder, Deployment deployment, PoolBroker broker) {
    this.settings = settings;
    this.folder = folder;
    this.deployment = deployment;
    this.broker = broker;
    this.record = folder.read().orElseGet(() -> PoolRecord.fresh(settings.name()));
  }

  /**
   * Finds a pool.
   *
   * @param runtime has the configuration and the backends
   * @param name the pool's name; empty: the default one
   * @return its keeper; nothing is started yet
   * @throws InvalidConfiguration when it is not described, or not rightly
   */
  static PoolKeeper of(HpcRuntime runtime, String name) {
    if (!(runtime instanceof RuntimeParts parts)) {
      throw new IllegalArgumentException("worker pools need a runtime of core's");
    }
    PoolSettings settings = PoolSettings.of(parts.configuration(), name);
    Backend backend = settings.backend().map(runtime::backend).orElseGet(runtime::backend);
    PoolFolder folder = new PoolFolder(parts.sources().stateDirectory(), settings.name());
    PoolBroker broker = PoolBroker.of(settings, backend, folder, parts);
    return new PoolKeeper(settings, folder, new Deployment(settings, backend), broker);
  }

  PoolSettings settings() {
    return settings;
  }

  /**
   * Starts the broker, where it is this process's own, and tells workers where it is.
   *
   * @throws BackendUnavailable when another process uses the pool, or the broker cannot start
   * @throws io.hpclaunch.api.Unsupported when the nodes see no folder that this machine sees
   */
  synchronized void start() {
    Path store = deployment.storage(record.id());
    record = record.withPort(broker.start(record.secret(), record.port()));
    try {
      folder.write(record);
      StateFiles.folders(store);
      StateFiles.replace(BrokerFile.in(store), BrokerFile.text(address()), false);
    } catch (IOException e) {
      broker.close();
      throw new BackendUnavailable(
          "the store of worker pool " + settings.name() + " cannot be written: " + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  private BrokerAddress address() {
    return broker.address().orElseThrow(() -> new IllegalStateException("no broker was started"));
  }

  /** What a client needs. */
  ClientSettings client() {
    return new ClientSettings(
        id(),
        address(),
        new FolderStore(deployment.storage(id())),
        settings.batch(),
        settings.inlineLimit(),
        settings.cpusTask(),
        settings.slots() * settings.workers(),
        settings.allow());
  }

  private synchronized String id() {
    return record.id();
  }

  /**
   * Sees to it that there is a job with workers, now and whenever a task is there to be run.
   *
   * @param tasks whether a task has not ended
   * @param failed told why no job is submitted any more
   */
  void keep(BooleanSupplier tasks, Consumer<RuntimeException> failed) {
    synchronized (this) {
      hasTasks = tasks;
      hopeless = failed;
    }
    follow();
  }

  /** A task was handed over: one more job, if the last has ended since. */
  void taskCame() {
    if (!isKept) {
      follow();
    }
  }

  private synchronized void follow() {
    if (isKept || isClosed) {
      return;
    }
    HPCProcess job = ensureJob();
    isKept = true;
    CompletableFuture<?> unused = job.onExit().thenAccept(this::jobEnded);
  }

  /** Its workers were idle, ran into the walltime, or died. */
  private void jobEnded(JobInfo info) {
    LOG.debug("pool {}: its job has ended: {}", settings.name(), info);
    isKept = false;
    try {
      if (hasTasks.getAsBoolean()) {
        follow();
      }
    } catch (RuntimeException e) {
      hopeless.accept(e);
    }
  }

  /**
   * Sees to it that there is a batch job with workers: one that waits or runs, else a new one.
   *
   * @return the job's latest observation
   * @throws BackendUnavailable when too many jobs in a row ended before a worker came
   */
  synchronized HPCProcess ensureJob() {
    String job = record.job();
    if (job != null && isAlive(job)) {
      return deployment.backend().attach(JobId.parse(job));
    }
    if (record.failures() >= MOST_FAILURES) {
      throw new BackendUnavailable("worker pool " + settings.name() + ": " + record.failures()
          + " jobs in a row ended before a worker of theirs came, the last is " + job
          + "; see what it says ('hpc logs " + job
          + "'), then delete the pool and deploy it again");
    }
    HPCProcess process = deployment.submit(record.id());
    record = record
        .withJob(process.id().toString(), Instant.now())
        .withFailures(record.failures() + 1); // until a worker comes
    folder.write(record);
    return process;
  }

  private boolean isAlive(String job) {
    JobInfo info = deployment.look(job);
    return info != null && !info.state().isFinal();
  }

  /** A worker of the present job was heard of. */
  synchronized void workerCame() {
    if (record.failures() > 0) {
      record = record.withFailures(0);
      folder.write(record);
    }
  }

  /**
   * Ends the workers, and forgets the pool; does nothing where there is none.
   *
   * @param patience how long tasks that run are given, where a broker can tell the workers; then,
   *     and else at once, the job is cancelled
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  synchronized void delete(Duration patience) throws InterruptedException {
    isClosed = true;
    String job = record.job();
    if (job != null && isAlive(job)) {
      HPCProcess process = deployment.backend().attach(JobId.parse(job));
      boolean isTold = !patience.isZero() && tell(new Order.Drain());
      if (!isTold || process.waitFor(patience).isEmpty()) {
        process.cancel();
        process.waitFor(CANCEL_PATIENCE);
      }
    }
    hopeless.accept(
        new BackendUnavailable("worker pool " + settings.name() + " was deleted meanwhile"));
    forget();
  }

  /** Workers hear it where the broker runs. */
  private boolean tell(Order order) {
    if (broker.address().isEmpty()) {
      return false;
    }
    try (Connection connection = BrokerSession.connect(address(), "end of " + record.id());
        Channel channel = connection.createChannel()) {
      PoolQueues queues = new PoolQueues(record.id());
      queues.declare(channel);
      channel.basicPublish(queues.orders(), "", null, order.encode());
      return true;
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("pool {}: its workers cannot be told: {}", settings.name(), e.getMessage());
      return false;
    }
  }

  private void removeQueues() {
    if (broker instanceof OwnBroker) {
      return; // they end with it
    }
    try (Connection connection = BrokerSession.connect(address(), "end of " + record.id());
        Channel channel = connection.createChannel()) {
      new PoolQueues(record.id()).delete(channel);
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("pool {}: its queues stay at the broker: {}", settings.name(), e.getMessage());
    }
  }

  private void forget() {
    removeQueues();
    folder.forget();
    try {
      FolderStore.delete(deployment.storage(record.id()));
    } catch (IOException e) {
      LOG.warn("pool {}: its store was not removed: {}", settings.name(), e.getMessage());
    }
    record = PoolRecord.fresh(settings.name());
  }

  /** Ends the broker, where it is this process's own; the workers wait for the next one. */
  @Override
  public synchronized void close() {
    isClosed = true;
    broker.close();
  }
}
