// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
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
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private HpcRuntime runtime;

  @BeforeEach
  void start() {
    runtime = runtime();
  }

  private HpcRuntime runtime() {
    return runtime(Map.of());
  }

  private HpcRuntime runtime(Map<String, String> changes) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_SHELL_IDLE", "1");
    HpcRuntime.Builder builder = HpcRuntime.builder()
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
                Map.of("root", folder.resolve("shell").toString(), "slots", 4))),
            "worker_pool",
            "small",
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
                    "/no/such/java"),
                "half",
                Map.of(
                    "backend",
                    "shell",
                    "num_workers",
                    2,
                    "cpus_worker",
                    1,
                    "java",
                    folder.resolve("java").toString()),
                "lonely",
                Map.of(
                    "backend",
                    "shell",
                    "num_workers",
                    1,
                    "cpus_worker",
                    1,
                    "idle_timeout",
                    "00:05"),
                "short",
                Map.of(
                    "backend", "shell", "num_workers", 1, "cpus_worker", 1, "walltime", "00:10"))));
    changes.forEach(builder::set);
    return builder.build();
  }

  @AfterEach
  void stop() throws Exception {
    for (PoolStatus pool : pools().list()) {
      pools().delete(pool.name(), Duration.ZERO);
    }
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
    JobId job = job();
    runtime.backend("shell").attach(job).cancel();
    runtime.backend("shell").attach(job).waitFor();
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
      assertThat(job()).isNotEqualTo(job);
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
      JobId job = job();
      runtime.backend("shell").attach(job).cancel();
      assertThat(batch.results()).isEqualTo(inputs);
      assertThat(others.results())
          .hasSize(20)
          .allMatch(result -> result.output().equals("whole\n"));
      assertThat(job()).isNotEqualTo(job);
    }
  }

  @Test
  void aPoolWhoseWorkersNeverComeSaysSoInsteadOfTryingForEver() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "wrong")) {
      assertThatThrownBy(() -> pool.submit(() -> 1).get(60, TimeUnit.SECONDS))
          .hasMessageContaining("3 jobs in a row")
          .hasMessageContaining("hpc logs --err shell:");
    }
    assertThatThrownBy(() -> WorkerPool.open(runtime, "wrong"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("delete the pool");
    assertThat(pools().status("wrong").problem()).contains("3 jobs in a row");
    pools().delete("wrong", Duration.ZERO);
    assertThat(pools().status("wrong"))
        .returns(false, PoolStatus::isDeployed)
        .returns(null, PoolStatus::problem);
  }

  @Test
  void whoDeletesAPoolLetsRunningTasksEnd() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      Path begun = folder.resolve("begun");
      TaskFuture<CommandResult> slow = pool.submit(
          CommandTask.of("sh", "-c", "touch \"$1\"; sleep 3; echo whole", "sh", begun.toString()));
      await().until(() -> Files.exists(begun));
      JobId job = job();
      pool.delete(Duration.ofMinutes(1));
      assertThat(slow.get(10, TimeUnit.SECONDS).output()).isEqualTo("whole\n");
      assertThat(runtime.backend("shell").attach(job).info().state()).isEqualTo(JobState.COMPLETED);
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

  @Test
  void aPoolHasMoreWorkersAndFewerAsItIsTold() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "default")) {
      assertThat(pool.awaitWorkers(2, PATIENCE)).isTrue();
      JobId first = job();
      assertThat(pools().scale("small", 3).jobs())
          .extracting(PoolStatus.Job::workers)
          .containsExactly(2, 1);
      assertThat(pool.awaitWorkers(3, PATIENCE)).isTrue();
      PoolStatus more = pools().status("small");
      assertThat(more.isHeard()).isTrue();
      assertThat(more.count(PoolStatus.State.READY)).isEqualTo(3);
      JobId second = more.jobs().get(1).id();
      assertThat(more.workers()).extracting(PoolStatus.Worker::job).contains(first, second);

      assertThat(pools().scale("small", 1).jobs())
          .extracting(PoolStatus.Job::workers)
          .containsExactly(1, 0);
      assertThat(runtime.backend("shell").attach(second).waitFor(PATIENCE))
          .get()
          .returns(JobState.COMPLETED, JobInfo::state);
      assertThat(pool.map(i -> i + 1, List.of(1, 2, 3)).results()).containsExactly(2, 3, 4);
      await().until(() -> pool.workers().size() == 1);
      assertThat(record().jobs()).extracting(PoolJob::id).startsWith(first).hasSizeLessThan(3);
      assertThat(pools().status("small"))
          .returns(1, PoolStatus::wanted)
          .returns(1, status -> status.count(PoolStatus.State.READY));
    }
  }

  /** The machine has four slots, and refuses a job that asks for more. */
  @Test
  void aScaleThatIsRefusedChangesNothing() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.awaitWorkers(2, PATIENCE)).isTrue();
      PoolRecord before = record();
      assertThatThrownBy(() -> pools().scale("small", 100_000)).isInstanceOf(HpcException.class);
      assertThat(record()).isEqualTo(before);
      assertThat(pools().status("small").wanted()).isEqualTo(2);
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
    }
  }

  @Test
  void aPoolWhoseFirstJobWasRefusedIsNotDeployedAndSaysWhy() throws Exception {
    try (HpcRuntime greedy = runtime(Map.of("worker_pools.small.num_workers", "100000"))) {
      String reason = catchThrowableOfType(
              HpcException.class, () -> WorkerPools.of(greedy).deploy("small"))
          .getMessage();
      assertThat(pools().status("small"))
          .returns(false, PoolStatus::isDeployed)
          .returns(reason, PoolStatus::refusal)
          .returns(List.of(), PoolStatus::jobs);
    }
    assertThat(pools().deploy("small"))
        .returns(true, PoolStatus::isDeployed)
        .returns(null, PoolStatus::refusal);
  }

  @Test
  void aFurtherJobThatIsRefusedKeepsNobodyFromTheWorkersThatThereAre() throws Exception {
    pools().deploy("small");
    JobId job = job();
    PoolFolder place = new PoolFolder(folder.resolve("state"), "small");
    place.write(record().withWanted(100_000));
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
      assertThat(record().jobs()).extracting(PoolJob::id).containsExactly(job);
      assertThat(pool.status()).returns(true, PoolStatus::isDeployed);
      assertThat(pool.status().refusal()).isNotNull();
    }
    assertThatThrownBy(() -> pools().deploy("small")).isInstanceOf(HpcException.class);
    runtime.backend("shell").attach(job).cancel();
    runtime.backend("shell").attach(job).waitFor();
    assertThatThrownBy(() -> WorkerPool.open(runtime, "small"))
        .as("without any worker")
        .isInstanceOf(HpcException.class);
  }

  @Test
  void aWorkerThatNeverComesIsMissing() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    Files.writeString(
        folder.resolve("java"),
        "#!/bin/sh\nmkdir %s/first 2>/dev/null || exec sleep 600\nexec %s \"$@\"\n"
            .formatted(folder, java));
    Files.setPosixFilePermissions(
        folder.resolve("java"), PosixFilePermissions.fromString("rwxr-xr-x"));
    try (WorkerPool pool = WorkerPool.open(runtime, "half")) {
      assertThat(pool.awaitWorkers(1, PATIENCE)).isTrue();
      assertThat(pools().status("half").workers()).hasSize(1);
      Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
      PoolStatus status = WorkerPools.of(runtime, later).status("half");
      assertThat(status.workers())
          .extracting(PoolStatus.Worker::state)
          .containsExactly(PoolStatus.State.READY, PoolStatus.State.MISSING);
      assertThat(status.workers()).extracting(PoolStatus.Worker::job).doesNotContainNull();
    }
  }

  @Test
  void aWorkerWhoseTimeIsOverIsExpiredAndReplaced() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "short")) {
      assertThat(pool.awaitWorkers(1, PATIENCE)).isTrue();
      JobId job = pool.status().jobs().get(0).id();
      runtime.backend("shell").attach(job).waitFor();
      assertThat(pools().status("short").workers())
          .singleElement()
          .returns(PoolStatus.State.EXPIRED, PoolStatus.Worker::state)
          .returns(job, PoolStatus.Worker::job);
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
      assertThat(pool.status().jobs()).extracting(PoolStatus.Job::id).doesNotContain(job);
    }
  }

  @Test
  void aWorkerWhoseResultsNobodyTakesDoesNotStayForEver() throws Exception {
    Path begun = folder.resolve("lonely");
    JobId job;
    try (WorkerPool pool = WorkerPool.open(runtime, "lonely")) {
      TaskFuture<CommandResult> unused =
          pool.submit(CommandTask.of("sh", "-c", ": >\"$1\"; sleep 2", "sh", begun.toString()));
      await().until(() -> Files.exists(begun));
      job = pool.status().jobs().get(0).id();
    }
    assertThat(runtime.backend("shell").attach(job).waitFor(PATIENCE))
        .get()
        .returns(JobState.COMPLETED, JobInfo::state);
  }

  @Test
  void whoeverDeletesAPoolTheClientHearsOfIt() throws Exception {
    try (HpcRuntime other = runtime();
        WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.awaitWorkers(2, PATIENCE)).isTrue();
      JobId job = job();
      WorkerPools.of(other).delete("small", PATIENCE);
      assertThat(runtime.backend("shell").attach(job).waitFor(PATIENCE))
          .as("told by the client's broker, and not cancelled")
          .get()
          .returns(JobState.COMPLETED, JobInfo::state);
      WorkerPools.of(other).delete("small", PATIENCE);
      await()
          .untilAsserted(() -> assertThatThrownBy(() -> pool.submit(() -> 1))
              .isInstanceOf(BackendUnavailable.class)
              .hasMessageContaining("deleted meanwhile"));
    }
  }

  @Test
  void aPoolWithoutAClientIsToldOfAsFarAsItIsKnown() throws Exception {
    assertThat(pools().status("")).returns("small", PoolStatus::name);
    assertThatThrownBy(() -> pools().status("smal"))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContainingAll("smal", "small", "wrong", "half", "short");
    pools().deploy("small");
    PoolStatus status = pools().status("small");
    assertThat(status)
        .returns(true, PoolStatus::isDeployed)
        .returns(false, PoolStatus::isHeard)
        .returns(List.of(), PoolStatus::workers);
    assertThat(pools().deploy("small").jobs()).hasSameSizeAs(status.jobs()).hasSize(1);
    assertThat(pools().list()).filteredOn(PoolStatus::isDeployed).hasSize(1);
  }

  private WorkerPools pools() {
    return WorkerPools.of(runtime);
  }

  /** The last one. */
  private JobId job() {
    List<PoolJob> jobs = record().jobs();
    return jobs.get(jobs.size() - 1).id();
  }

  private PoolRecord record() {
    return record("small");
  }

  private PoolRecord record(String pool) {
    return new PoolFolder(folder.resolve("state"), pool).read().orElseThrow();
  }
}
