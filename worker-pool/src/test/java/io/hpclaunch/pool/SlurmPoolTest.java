// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Pools of two workers on two nodes of a real Slurm. */
@EnabledIfEnvironmentVariable(
    named = "HPC_SLURM_HOME",
    matches = ".+",
    disabledReason = "no Slurm: scripts/slurm-up starts one")
@Timeout(120)
final class SlurmPoolTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  private Path marks;
  private HpcRuntime runtime;

  @BeforeEach
  void start() throws IOException {
    marks = Files.createDirectory(folder.resolve("marks"));
    Map<String, Object> pools = new HashMap<>();
    pools.put("own", pool(Map.of("listen", "amqps://127.0.0.1")));
    pools.put("short", pool(Map.of("listen", "amqps://127.0.0.1", "walltime", "00:02:00")));
    if (System.getenv("HPC_RABBITMQ_HOME") != null) {
      Path rabbit = Path.of(System.getenv("HPC_RABBITMQ_HOME"));
      pools.put(
          "rabbit",
          pool(Map.of(
              "amqp_url",
              Files.readString(rabbit.resolve("tls-url")).strip(),
              "amqp_ca",
              rabbit.resolve("etc/certificate.pem").toString())));
    }
    runtime = runtime(pools);
  }

  private static Map<String, Object> pool(Map<String, Object> more) {
    Map<String, Object> pool = new HashMap<>(Map.of(
        "backend",
        "cluster",
        "num_workers",
        2,
        "cpus_worker",
        1,
        "extra",
        Map.of("nodes", 2),
        "memory",
        "600M",
        "java",
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "jvm_options",
        List.of("-XX:TieredStopAtLevel=1", "-Xmx128m")));
    pool.putAll(more);
    return pool;
  }

  private static String conf() {
    return Path.of(System.getenv("HPC_SLURM_HOME"), "etc", "slurm.conf").toString();
  }

  private HpcRuntime runtime(Map<String, ?> pools) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HPC_"));
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of(
            "backends",
            List.of(Map.of(
                "name",
                "cluster",
                "type",
                "slurm",
                "workspace",
                folder.resolve("work").toString(),
                "submit",
                Map.of("polling_interval", 0.3),
                "launch",
                Map.of("type", "srun", "variables", Map.of("SLURM_CONF", conf())),
                "config",
                Map.of("slurm_conf", conf()))),
            "worker_pools",
            pools))
        .build();
  }

  @AfterEach
  void stop() throws Exception {
    for (String name : List.of("own", "short", "rabbit")) {
      if (new PoolFolder(folder.resolve("state"), name).read().isPresent()) {
        PoolKeeper.of(runtime, name).delete(Duration.ZERO);
      }
    }
    runtime.close();
  }

  /** As {@code --signal=B:USR1@…} does it, which takes minutes. */
  @Test
  void theWarningMakesWorkersGiveBackWhatTheyHaveNotBegun() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "own")) {
      awaitBoth(pool);
      String first = job("own");
      Batch<CommandResult> batch = pool.submitAll(marking(40), TaskOptions.DEFAULT);
      batch.waitFor(Share.percent(20));
      slurm("scancel", "--batch", "--signal=USR1", id(first));
      assertThat(batch.results()).hasSize(40).allMatch(result -> result.status() == 0);
      assertThat(job("own")).isNotEqualTo(first);
      assertThat(end(first).state()).isEqualTo(JobState.COMPLETED);
      assertEachRanOnce(40);
    }
  }

  @Test
  @EnabledIfEnvironmentVariable(
      named = "HPC_RABBITMQ_HOME",
      matches = ".+",
      disabledReason = "no RabbitMQ: scripts/rabbitmq-up starts one")
  void tasksOutliveAJobThatIsCancelled() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "rabbit")) {
      awaitBoth(pool);
      assertThat(pool.workers()).extracting(WorkerReport::host).doesNotHaveDuplicates();
      assertThat(pool.submit(CommandTask.of("printenv", "SLURM_JOB_ID"))
              .get()
              .output()
              .strip())
          .isEqualTo(id(job("rabbit")));
      List<Integer> inputs = IntStream.range(0, 60).boxed().toList();
      Batch<Integer> batch = pool.map(
          i -> {
            Thread.sleep(50);
            return i * i;
          },
          inputs);
      batch.waitFor(Share.percent(20));
      String first = job("rabbit");
      slurm("scancel", id(first));
      assertThat(batch.results()).isEqualTo(inputs.stream().map(i -> i * i).toList());
      String second = job("rabbit");
      assertThat(second).isNotEqualTo(first);
      assertThat(end(first).state()).isEqualTo(JobState.CANCELLED);
      pool.delete(PATIENCE);
      assertThat(end(second).state()).isEqualTo(JobState.COMPLETED);
    }
  }

  /** Slurm counts minutes, and warns up to one earlier than it is asked to. */
  @Test
  @Tag("long")
  @Timeout(400)
  void tasksOutliveTheWalltime() throws Exception {
    try (WorkerPool pool = WorkerPool.open(runtime, "short")) {
      awaitBoth(pool);
      String first = job("short");
      List<CommandTask> tasks = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        tasks.add(marking(i, "1"));
      }
      Batch<CommandResult> batch = pool.submitAll(tasks, TaskOptions.DEFAULT);
      assertThat(batch.results()).hasSize(300).allMatch(result -> result.status() == 0);
      assertThat(job("short")).isNotEqualTo(first);
      assertThat(end(first).state()).isEqualTo(JobState.COMPLETED);
      assertEachRanOnce(300);
    }
  }

  private static void awaitBoth(WorkerPool pool) throws InterruptedException {
    assertThat(pool.client().roster().await(2, PATIENCE)).isTrue();
  }

  private List<CommandTask> marking(int count) {
    List<CommandTask> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(marking(i, "0.1"));
    }
    return tasks;
  }

  /** A task that leaves a line each time it runs. */
  private CommandTask marking(int number, String seconds) {
    return CommandTask.of(
        "sh",
        "-c",
        "echo x >>\"$1\"; sleep \"$2\"",
        "sh",
        marks.resolve(String.valueOf(number)).toString(),
        seconds);
  }

  private void assertEachRanOnce(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      assertThat(Files.readAllLines(marks.resolve(String.valueOf(i))))
          .as("task %d", i)
          .hasSize(1);
    }
  }

  private String job(String pool) {
    List<PoolJob> jobs =
        new PoolFolder(folder.resolve("state"), pool).read().orElseThrow().jobs();
    return jobs.get(jobs.size() - 1).id().toString();
  }

  private static String id(String job) {
    return JobId.parse(job).nativeId().value();
  }

  private JobInfo end(String job) throws InterruptedException {
    Backend cluster = runtime.backend("cluster");
    HPCProcess process = cluster.attach(JobId.parse(job));
    return process.waitFor(PATIENCE).orElseThrow();
  }

  private static void slurm(String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("SLURM_CONF", conf());
    assertThat(builder.start().waitFor()).as(String.join(" ", command)).isZero();
  }
}
