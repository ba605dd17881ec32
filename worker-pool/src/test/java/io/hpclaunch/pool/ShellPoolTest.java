// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool as a user has it: on the shell backend, with the embedded broker. */
@Timeout(180)
final class ShellPoolTest {
  @TempDir
  Path folder;

  private HpcRuntime runtime;

  @BeforeEach
  void start() {
    runtime = runtime();
  }

  private HpcRuntime runtime() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_SHELL_IDLE", "1");
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of(
            "backends",
            List.of(Map.of(
                "name",
                "shell",
                "type",
                "shell",
                "config",
                Map.of("root", folder.resolve("shell").toString()))),
            "worker_pools",
            Map.of(
                "small",
                Map.of("backend", "shell", "num_workers", 2, "cpus_worker", 1, "cpus_task", 0.5),
                "secured",
                Map.of(
                    "backend",
                    "shell",
                    "num_workers",
                    1,
                    "cpus_worker",
                    1,
                    "listen",
                    "amqps://127.0.0.2"),
                "wrong",
                Map.of(
                    "backend",
                    "shell",
                    "num_workers",
                    1,
                    "cpus_worker",
                    1,
                    "java",
                    "/no/such/java"))))
        .build();
  }

  @AfterEach
  void stop() throws Exception {
    PoolKeeper.of(runtime, "small").delete(Duration.ZERO);
    PoolKeeper.of(runtime, "secured").delete(Duration.ZERO);
    runtime.close();
  }

  @Test
  void aCallOnAPoolThatIsNotThereDeploysIt() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      List<Integer> inputs = IntStream.range(0, 500).boxed().toList();
      assertThat(pool.map(i -> i + 1, inputs).results()).hasSize(500).contains(1, 500);
      assertThat(pool.client().roster().await(2, Duration.ofSeconds(60))).isTrue();
      assertThat(pool.workers()).extracting(report -> report.cpus()).containsExactly(1.0, 1.0);
    }
  }

  @Test
  void theNextClientUsesTheSameWorkers() throws Exception {
    String first;
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      first = pool.submit(CommandTask.of("sh", "-c", "echo $HPC_JOB_ID")).get().output();
      assertThatThrownBy(() -> WorkerPool.open(runtime, "small"))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("in use")
          .hasMessageContaining("amqp_url");
    }
    try (HpcRuntime other = runtime();
        WorkerPool pool = WorkerPool.open(other, "small")) {
      assertThat(
              pool.submit(CommandTask.of("sh", "-c", "echo $HPC_JOB_ID")).get().output())
          .isEqualTo(first);
    }
  }

  /** With the key of the first, on another port: somebody has taken that one meanwhile. */
  @Test
  void workersFindTheBrokerOfTheNextClientBehindTls() throws Exception {
    String first;
    try (WorkerPool pool = WorkerPool.open(runtime, "secured")) {
      first = pool.submit(CommandTask.of("sh", "-c", "echo $HPC_JOB_ID")).get().output();
    }
    PoolRecord before = record("secured");
    InetAddress address = InetAddress.getByName("127.0.0.2");
    try (ServerSocket taken = new ServerSocket(before.port(), 50, address);
        HpcRuntime other = runtime()) {
      closeAll(taken);
      try (WorkerPool pool = WorkerPool.open(other, "secured")) {
        assertThat(pool.submit(CommandTask.of("sh", "-c", "echo $HPC_JOB_ID"))
                .get()
                .output())
            .isEqualTo(first);
        assertThat(record("secured").port()).isNotEqualTo(taken.getLocalPort());
      }
    }
  }

  /** Lets nobody wait for an answer. */
  private static void closeAll(ServerSocket server) {
    Thread thread = new Thread(() -> {
      while (!server.isClosed()) {
        try {
          server.accept().close();
        } catch (IOException e) {
          return; // it is closed
        }
      }
    });
    thread.setDaemon(true);
    thread.start();
  }

  @Test
  void aPoolWhoseJobHasDiedIsDeployedAgain() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
    }
    String job = record().job();
    runtime.backend("shell").attach(JobId.parse(job)).cancel();
    runtime.backend("shell").attach(JobId.parse(job)).waitFor();
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
      assertThat(record().job()).isNotEqualTo(job);
    }
  }

  /** A cancel may signal all of a job's processes, those of commands among them. */
  @Test
  void aJobThatDiesUnderItsTasksIsReplacedAndEndsNoneOfThem() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
      List<Integer> inputs = IntStream.range(0, 100).boxed().toList();
      Batch<Integer> batch = pool.map(
          i -> {
            Thread.sleep(50);
            return i;
          },
          inputs);
      List<CommandTask> commands =
          Collections.nCopies(20, CommandTask.of("sh", "-c", "sleep 0.3; echo whole"));
      Batch<CommandResult> others = pool.submitAll(commands, TaskOptions.DEFAULT);
      others.waitFor(Share.percent(10));
      JobId job = JobId.parse(String.valueOf(record().job()));
      runtime.backend("shell").attach(job).cancel();
      assertThat(batch.results()).isEqualTo(inputs);
      assertThat(others.results())
          .hasSize(20)
          .allMatch(result -> result.output().equals("whole\n"));
      assertThat(record().job()).isNotEqualTo(job.toString());
    }
  }

  @Test
  void aPoolWhoseWorkersNeverComeSaysSoInsteadOfTryingForEver() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "wrong")) {
      assertThatThrownBy(() -> pool.submit(() -> 1).get(60, TimeUnit.SECONDS))
          .hasMessageContaining("3 jobs in a row")
          .hasMessageContaining("hpc logs shell:");
    }
    assertThatThrownBy(() -> WorkerPool.open(runtime, "wrong"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("delete the pool");
    PoolKeeper.of(runtime, "wrong").delete(Duration.ZERO);
  }

  @Test
  void whoDeletesAPoolLetsRunningTasksEnd() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      Path begun = folder.resolve("begun");
      TaskFuture<CommandResult> slow = pool.submit(
          CommandTask.of("sh", "-c", "touch \"$1\"; sleep 3; echo whole", "sh", begun.toString()));
      org.awaitility.Awaitility.await().until(() -> Files.exists(begun));
      String job = String.valueOf(record().job());
      pool.delete(Duration.ofMinutes(1));
      assertThat(slow.get(10, TimeUnit.SECONDS).output()).isEqualTo("whole\n");
      assertThat(runtime.backend("shell").attach(JobId.parse(job)).info().state())
          .isEqualTo(io.hpclaunch.api.JobState.COMPLETED);
      assertThat(folder.resolve("state/pools/small/pool.json")).doesNotExist();
      pool.delete(Duration.ofMinutes(1));
    }
  }

  @Test
  void theSecretIsInNoCommandLineAndItsFilesAreTheOwnersOnly() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      String processes =
          pool.submit(CommandTask.of("ps", "-eww", "-o", "args")).get().output();
      assertThat(processes).contains("WorkerMain").doesNotContain(record().secret());
    }
    assertIsTheOwnersOnly(folder.resolve("state/pools"));
    Path store = Path.of(runtime.backend("shell").workspace()).resolveSibling("pools");
    assertIsTheOwnersOnly(store);
    assertThat(Files.readString(store.resolve(record().id()).resolve("broker.properties")))
        .contains(record().secret());
  }

  private static void assertIsTheOwnersOnly(Path top) throws IOException {
    try (var files = Files.walk(top)) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                .substring(3))
            .as(file.toString())
            .isEqualTo("------");
      }
    }
  }

  private PoolRecord record() {
    return record("small");
  }

  private PoolRecord record(String pool) {
    return new PoolFolder(folder.resolve("state"), pool).read().orElseThrow();
  }
}
