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
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.broker.RunningBroker;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.wire.Order;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a pool alive while it is used: the broker, where it is this process's own, and a batch job
 * with workers.
 */
final class PoolKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolKeeper.class);
  private static final String EMBEDDED = "embedded";
  private static final String USER = "pool";
  private static final String VIRTUAL_HOST = "pool";

  /** Schedulers leave half a minute between TERM and KILL. */
  private static final Duration CANCEL_PATIENCE = Duration.ofMinutes(2);

  /** So many jobs in a row may end before a worker comes; then somebody has to look. */
  private static final int MOST_FAILURES = 3;

  private final PoolSettings settings;
  private final PoolFolder folder;
  private final Deployment deployment;
  private final RuntimeParts parts;
  private PoolRecord record;
  private PoolFolder.@Nullable Lock lock;
  private @Nullable RunningBroker broker;
  private BooleanSupplier hasTasks = () -> false;
  private Consumer<RuntimeException> hopeless = why -> {};
  private volatile boolean isKept;
  private boolean isClosed;

  private PoolKeeper(
      PoolSettings settings, PoolFolder folder, Deployment deployment, RuntimeParts parts) {
    this.settings = settings;
    this.folder = folder;
    this.deployment = deployment;
    this.parts = parts;
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
    return new PoolKeeper(settings, folder, new Deployment(settings, backend), parts);
  }

  PoolSettings settings() {
    return settings;
  }

  /**
   * Starts the broker, where it is this process's own.
   *
   * @throws BackendUnavailable when another process uses the pool, or the broker cannot start
   */
  synchronized void start() {
    if (settings.settings().string("amqp_url").isPresent()) {
      folder.write(record);
      return;
    }
    lock = folder
        .tryLock("client")
        .orElseThrow(() -> new BackendUnavailable("worker pool " + settings.name()
            + " is in use by another process, whose broker it is; to share a pool, name a broker"
            + " of its own: worker_pools: {" + settings.name() + ": {amqp_url: amqp://…}}"));
    try {
      broker = startBroker();
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e instanceof RuntimeException known
          ? known
          : new BackendUnavailable(
              "the broker of worker pool " + settings.name() + " cannot start: " + e.getMessage(),
              e);
    }
    record = record.withPort(broker.port());
    folder.write(record);
  }

  /** On the port that the workers know; on another one when somebody else has it. */
  private RunningBroker startBroker() throws IOException {
    BrokerProvider provider = parts
        .foundPlugins()
        .broker(EMBEDDED)
        .orElseThrow(() -> new InvalidConfiguration("no embedded broker was found among "
            + parts.foundPlugins().names(PluginInfo.Kind.BROKER)
            + "; add hpc-launch-embedded-broker, or name one: amqp_url"))
        .newInstance();
    Path work = folder.path().resolve("broker");
    StateFiles.folders(work);
    try {
      return start(provider, work, record.port());
    } catch (BindException e) {
      LOG.warn("pool {}: {}; workers that run will not find it", settings.name(), e.getMessage());
      return start(provider, work, 0);
    }
  }

  private RunningBroker start(BrokerProvider provider, Path work, int port) throws IOException {
    BrokerContext context = new BrokerContext(
        new InetSocketAddress(listen(), port), VIRTUAL_HOST, USER, record.secret(), null, work);
    try {
      return ContextLoader.within(provider, () -> {
        try {
          return provider.start(context);
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      });
    } catch (java.io.UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** Where workers of this machine find the broker; those of others need to be told. */
  private InetAddress listen() throws IOException {
    Optional<String> configured = settings.settings().string("listen");
    if (configured.isPresent()) {
      InetAddress address = InetAddress.getByName(configured.get());
      if (!address.isLoopbackAddress()) {
        throw new InvalidConfiguration(
            "worker_pools." + settings.name() + ".listen: " + configured.get()
                + " is no address of this machine alone, and the embedded broker does not speak TLS"
                + " yet; name a broker: amqp_url");
      }
      return address;
    }
    if (!deployment.backend().type().equals("shell")) {
      throw new InvalidConfiguration("worker pool " + settings.name() + " runs on "
          + deployment.backend().name() + ", whose nodes must reach the broker: say where it"
          + " listens (listen: ADDRESS), or name one (amqp_url: amqp://…)");
    }
    return InetAddress.getLoopbackAddress();
  }

  /** Where the broker is. */
  synchronized BrokerAddress address() {
    Optional<String> url = settings.settings().string("amqp_url");
    if (url.isPresent()) {
      try {
        return BrokerAddress.parse(url.get(), null);
      } catch (IllegalArgumentException e) {
        throw new InvalidConfiguration(
            settings.settings().origin("amqp_url").orElse("worker_pools") + ": amqp_url "
                + e.getMessage(),
            e);
      }
    }
    String host = settings.settings().string("listen").orElse("127.0.0.1");
    return new BrokerAddress(
        host, record.port(), VIRTUAL_HOST, USER, record.secret(), new BrokerAddress.NoTls());
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
        settings.allow(),
        hasLastingBroker() ? journals() : null);
  }

  private boolean hasLastingBroker() {
    return settings.settings().string("amqp_url").isPresent();
  }

  /** What is kept of batches, as long as RabbitMQ keeps their results. */
  private BatchJournals journals() {
    return new BatchJournals(
        folder.path().resolve("batches"),
        new FolderStore(deployment.storage(id())),
        PoolQueues.RESULTS_KEPT);
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
    HPCProcess process = deployment.submit(record.id(), address());
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
    boolean isUp = broker != null || settings.settings().string("amqp_url").isPresent();
    if (!isUp) {
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
    if (settings.settings().string("amqp_url").isEmpty()) {
      return; // they end with the broker
    }
    try (Connection connection = BrokerSession.connect(address(), "end of " + record.id());
        Channel channel = connection.createChannel()) {
      PoolQueues queues = new PoolQueues(record.id());
      for (String batch : journals().ids()) {
        queues.deleteResults(channel, batch);
      }
      queues.delete(channel);
    } catch (IOException | TimeoutException | RuntimeException e) {
      LOG.warn("pool {}: its queues stay at the broker: {}", settings.name(), e.getMessage());
    }
  }

  private void forget() {
    removeQueues();
    journals().removeAll();
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
    if (broker != null) {
      broker.close();
      broker = null;
    }
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
