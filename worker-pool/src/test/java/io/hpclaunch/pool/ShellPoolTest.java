// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
                Map.of("backend", "shell", "num_workers", 2, "cpus_worker", 1, "cpus_task", 0.5))))
        .build();
  }

  @AfterEach
  void stop() {
    PoolKeeper.of(runtime, "").delete();
    runtime.close();
  }

  @Test
  void aCallOnAPoolThatIsNotThereDeploysIt() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "default")) {
      List<Integer> inputs = IntStream.range(0, 500).boxed().toList();
      assertThat(pool.map(i -> i + 1, inputs).results()).hasSize(500).contains(1, 500);
      assertThat(pool.client().roster().await(2, java.time.Duration.ofSeconds(60)))
          .isTrue();
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

  @Test
  void aPoolWhoseJobHasDiedIsDeployedAgain() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
    }
    String job = record().job();
    runtime.backend("shell").attach(io.hpclaunch.api.JobId.parse(job)).cancel();
    runtime.backend("shell").attach(io.hpclaunch.api.JobId.parse(job)).waitFor();
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      assertThat(pool.submit(() -> 2).get()).isEqualTo(2);
      assertThat(record().job()).isNotEqualTo(job);
    }
  }

  @Test
  void theSecretIsInNoCommandLineAndItsFilesAreTheOwnersOnly() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "small")) {
      String processes =
          pool.submit(CommandTask.of("ps", "-eww", "-o", "args")).get().output();
      assertThat(processes).contains("WorkerMain").doesNotContain(record().secret());
    }
    try (var files = Files.walk(folder.resolve("state/pools"))) {
      for (Path file : files.toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))
                .substring(3))
            .as(file.toString())
            .isEqualTo("------");
      }
    }
  }

  private PoolRecord record() {
    return new PoolFolder(folder.resolve("state"), "small").read().orElseThrow();
  }
}
