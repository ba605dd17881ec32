// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.core.broker.BrokerContext;
import io.hpclaunch.core.broker.BrokerProvider;
import io.hpclaunch.core.broker.RunningBroker;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.code.AllowList;
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
import org.jspecify.annotations.Nullable;

/** A broker, workers that are processes, and a client, without a scheduler. */
final class PoolUnderTest implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final String id = "test-" + UUID.randomUUID();
  private final @Nullable RunningBroker broker;
  private final BrokerAddress address;
  private final List<Process> workers = new ArrayList<>();
  private final WorkerPool pool;
  private final int slots;

  private PoolUnderTest(
      Path folder, int slots, BrokerAddress address, @Nullable RunningBroker broker) {
    this.folder = folder;
    this.slots = slots;
    this.broker = broker;
    this.address = address;
    this.pool = new WorkerPool(new ClientSettings(
        id, address, new FolderStore(store()), 100, 65_536, 1, slots, AllowList.of(List.of())));
    pool.start();
  }

  /** With the embedded broker, in this process. */
  static PoolUnderTest embedded(Path folder, int slots) throws IOException {
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
    return new PoolUnderTest(folder, slots, address, broker);
  }

  /** With a broker that runs elsewhere. */
  static PoolUnderTest at(BrokerAddress address, Path folder, int slots) {
    return new PoolUnderTest(folder, slots, address, null);
  }

  private Path store() {
    return folder.resolve("store");
  }

  WorkerPool pool() {
    return pool;
  }

  /** Starts a worker, and waits until it is heard of. */
  Process startWorker() throws IOException, InterruptedException {
    WorkerSettings settings = new WorkerSettings(
        id,
        address,
        slots,
        0,
        store(),
        65_536,
        Duration.ofSeconds(60),
        Duration.ofSeconds(3),
        AllowList.of(List.of()));
    Path file = folder.resolve("worker.properties");
    Files.writeString(file, settings.toText());
    ProcessBuilder builder = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
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
    if (!pool.client().roster().awaitProcess(process.pid(), PATIENCE)) {
      throw new AssertionError("no worker came: "
          + Files.readString(folder.resolve("worker-" + (workers.size() - 1) + ".log")));
    }
    return process;
  }

  /** Waits until the last worker that was started is dead. */
  void awaitDeath() throws InterruptedException {
    if (!workers.get(workers.size() - 1).waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("the worker lives");
    }
  }

  /** Results of a batch that arrived more than once. */
  long repeated(Batch<?> batch) {
    return pool.client().repeated(batch);
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
    pool.close();
    for (Process worker : workers) {
      worker.destroyForcibly().onExit().join();
    }
    if (broker != null) {
      broker.close();
    }
  }
}
