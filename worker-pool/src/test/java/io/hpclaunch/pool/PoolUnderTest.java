// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.broker.RunningBroker;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerFile;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.code.AllowList;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.worker.WorkerMain;
import io.hpclaunch.pool.worker.WorkerSettings;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A broker, workers that are processes, and a client, without a scheduler. */
final class PoolUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  private final Path folder;
  private final String id = "test-" + UUID.randomUUID();
  private final @Nullable RunningBroker broker;
  private final BrokerAddress address;
  private final List<Process> workers = new ArrayList<>();
  private final List<WorkerPool> clients = new ArrayList<>();
  private final ClientSettings settings;
  private final WorkerPool pool;
  private final int slots;

  private PoolUnderTest(
      Path folder,
      int slots,
      BrokerAddress address,
      @Nullable RunningBroker broker,
      boolean hasJournals) {
    this.folder = folder;
    this.slots = slots;
    this.broker = broker;
    this.address = address;
    this.settings = clientSettings(workerSettings(), address, hasJournals ? journals() : null);
    this.pool = client();
  }

  private static ClientSettings clientSettings(
      WorkerSettings worker, BrokerAddress address, @Nullable Path journals) {
    FolderStore store = new FolderStore(worker.store());
    return new ClientSettings(
        worker.pool(),
        address,
        store,
        100,
        worker.inlineLimit(),
        1,
        (int) worker.cpus(),
        worker.allow(),
        journals == null ? null : new BatchJournals(journals, store, PoolQueues.RESULTS_KEPT));
  }

  /** In a client that is a process of its own: the pool of {@link #startClient}. */
  static WorkerPool ofProcess(String[] args) throws IOException {
    WorkerSettings worker = WorkerSettings.read(Path.of(args[0]));
    WorkerPool pool =
        new WorkerPool(clientSettings(worker, BrokerFile.read(worker.store()), Path.of(args[1])));
    pool.start();
    return pool;
  }

  /** Starts a client that is a process of its own. */
  Process startClient(Class<?> main) throws IOException {
    Path file = settingsFile("client.properties");
    return new ProcessBuilder(
            JAVA,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            ClassPath.current().stream()
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator)),
            main.getName(),
            file.toString(),
            journals().toString())
        .redirectError(folder.resolve("client.log").toFile())
        .start();
  }

  /** With the embedded broker, in this process. */
  static PoolUnderTest embedded(Path folder, int slots) throws IOException {
    return embedded(folder, slots, false);
  }

  /** With the embedded broker, which the clients of this pool do not take with them. */
  static PoolUnderTest lasting(Path folder, int slots) throws IOException {
    return embedded(folder, slots, true);
  }

  private static PoolUnderTest embedded(Path folder, int slots, boolean isLasting)
      throws IOException {
    BrokerProvider provider =
        ServiceLoader.load(BrokerProvider.class).findFirst().orElseThrow();
    Path work = Files.createDirectory(folder.resolve("broker"));
    RunningBroker broker = provider.start(new BrokerContext(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        "pool",
        "pool",
        "secret",
        null,
        work));
    BrokerAddress address = new BrokerAddress(
        "127.0.0.1", broker.port(), "pool", "pool", "secret", new BrokerAddress.NoTls());
    return new PoolUnderTest(folder, slots, address, broker, isLasting);
  }

  /** With a broker that runs elsewhere. */
  static PoolUnderTest at(BrokerAddress address, Path folder, int slots) {
    return new PoolUnderTest(folder, slots, address, null, true);
  }

  /** Without journals: nothing is handed over at the end. */
  static PoolUnderTest unkept(BrokerAddress address, Path folder, int slots) {
    return new PoolUnderTest(folder, slots, address, null, false);
  }

  private Path store() {
    return folder.resolve("store");
  }

  Path journals() {
    return folder.resolve("batches");
  }

  ClientSettings settings() {
    return settings;
  }

  /** Another client of the same pool. */
  WorkerPool client() {
    WorkerPool client = new WorkerPool(settings);
    clients.add(client);
    client.start();
    return client;
  }

  WorkerPool pool() {
    return pool;
  }

  /** Starts a worker, and waits until it is heard of. */
  Process startWorker() throws IOException, InterruptedException {
    Process process = launchWorker();
    if (!pool.client().roster().awaitProcess(process.pid(), PATIENCE)) {
      throw new AssertionError("no worker came: "
          + Files.readString(folder.resolve("worker-" + (workers.size() - 1) + ".log")));
    }
    return process;
  }

  /** Starts a worker, which is there some time later. */
  Process launchWorker() throws IOException {
    Path file = settingsFile("worker.properties");
    ProcessBuilder builder = new ProcessBuilder(
            JAVA,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            workerClassPath(),
            WorkerMain.class.getName(),
            file.toString())
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("worker-" + workers.size() + ".log").toFile());
    builder.environment().put("LC_ALL", "C"); // as on nodes where nobody cares
    Process process = builder.start();
    workers.add(process);
    return process;
  }

  /** Beside it stands in the store where the broker is. */
  private Path settingsFile(String name) throws IOException {
    Files.createDirectories(store());
    Files.writeString(BrokerFile.in(store()), BrokerFile.text(address));
    return Files.writeString(folder.resolve(name), workerSettings().toText());
  }

  private WorkerSettings workerSettings() {
    return new WorkerSettings(
        id,
        slots,
        1,
        0,
        store(),
        65_536,
        Duration.ofSeconds(60),
        Duration.ofSeconds(3),
        Duration.ofSeconds(20),
        AllowList.of(List.of()));
  }

  /** Waits until the last worker that was started is dead. */
  void awaitDeath() throws InterruptedException {
    if (!workers.get(workers.size() - 1).waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the worker lives");
    }
  }

  /** What a worker needs and no more: its classes are not those of the tests. */
  private static String workerClassPath() {
    List<String> entries = new ArrayList<>();
    for (Class<?> type :
        List.of(WorkerMain.class, com.rabbitmq.client.Connection.class, org.slf4j.Logger.class)) {
      entries.add(String.valueOf(ClassPath.of(type)));
    }
    return String.join(File.pathSeparator, entries);
  }

  String log(int worker) throws IOException {
    return Files.readString(folder.resolve("worker-" + worker + ".log"));
  }

  @Override
  public void close() {
    clients.forEach(WorkerPool::close);
    for (Process worker : workers) {
      worker.destroyForcibly().onExit().join();
    }
    if (broker != null) {
      broker.close();
    }
  }
}
