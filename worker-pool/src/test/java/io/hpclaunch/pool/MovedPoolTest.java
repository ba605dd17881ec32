// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pool whose configuration changes while its jobs run: on two backends of this machine. */
@Timeout(180)
final class MovedPoolTest {
  private static final Map<String, Object> POOL = Map.of("num_workers", 1, "cpus_worker", 1);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir
  Path folder;

  /** A runtime with these backends, and the pool {@code small} at one of them. */
  private HpcRuntime at(String backend, String... backends) {
    Map<String, Object> pool = new HashMap<>(POOL);
    pool.put("backend", backend);
    return runtime(Map.of("small", pool), backends);
  }

  private HpcRuntime runtime(Map<String, Object> pools, String... backends) {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_SHELL_IDLE", "1");
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of(
            "backends", Arrays.stream(backends).map(this::entry).toList(), "worker_pools", pools))
        .build();
  }

  private Map<String, Object> entry(String name) {
    String place = folder.resolve(name).toString();
    return Map.of(
        "name",
        name,
        "type",
        "shell",
        "workspace",
        place + "/jobs",
        "config",
        Map.of("root", place + "/spool", "slots", 4));
  }

  @AfterEach
  void stop() throws Exception {
    try (HpcRuntime runtime = at("one", "one", "two")) {
      WorkerPools.of(runtime).delete("small", Duration.ZERO);
    }
  }

  private JobId deployed() {
    try (HpcRuntime runtime = at("one", "one", "two")) {
      return WorkerPools.of(runtime).deploy("small").jobs().get(0).id();
    }
  }

  private PoolRecord record() {
    return new PoolFolder(folder.resolve("state"), "small").read().orElseThrow();
  }

  private static JobState end(HpcRuntime runtime, JobId job) throws InterruptedException {
    return runtime
        .backend(job.backend())
        .attach(job)
        .waitFor(PATIENCE)
        .map(JobInfo::state)
        .orElseThrow();
  }

  @Test
  void aPoolAtAnotherBackendThanBeforeEndsItsJobsThereAndGoesOnHere() throws Exception {
    JobId before = deployed();
    try (HpcRuntime runtime = at("two", "one", "two")) {
      WorkerPools pools = WorkerPools.of(runtime);
      assertThat(pools.status("small").jobs())
          .singleElement()
          .returns(before, PoolStatus.Job::id)
          .returns(true, PoolStatus.Job::isAlive);
      try (WorkerPool pool = pools.open("small")) {
        assertThat(pool.submit(() -> 1).get()).isEqualTo(1);
      }
      assertThat(end(runtime, before)).isEqualTo(JobState.CANCELLED);
      JobId after = record().jobs().get(record().jobs().size() - 1).id();
      assertThat(after.backend()).isEqualTo("two");
      List<String> stores = record().stores();
      assertThat(stores)
          .hasSize(2)
          .allSatisfy(store -> assertThat(Path.of(store)).exists());
      pools.delete("small", Duration.ZERO);
      assertThat(end(runtime, after)).isEqualTo(JobState.CANCELLED);
      assertThat(stores).allSatisfy(store -> assertThat(Path.of(store)).doesNotExist());
    }
  }

  @Test
  void aPoolThatIsConfiguredNoMoreIsListedAndCanBeDeleted() throws Exception {
    JobId job = deployed();
    String store = record().stores().get(0);
    try (HpcRuntime runtime = runtime(Map.of("other", POOL), "one")) {
      WorkerPools pools = WorkerPools.of(runtime);
      assertThat(pools.list())
          .extracting(PoolStatus::name, PoolStatus::isConfigured, PoolStatus::isDeployed)
          .containsExactly(tuple("other", true, false), tuple("small", false, true));
      assertThat(pools.status("small").jobs())
          .singleElement()
          .returns(job, PoolStatus.Job::id)
          .returns(true, PoolStatus.Job::isAlive);
      assertThatThrownBy(() -> pools.deploy("small")).isInstanceOf(InvalidConfiguration.class);
      pools.delete("small", PATIENCE);
      assertThat(end(runtime, job)).isEqualTo(JobState.CANCELLED);
      assertThat(Path.of(store)).doesNotExist();
      assertThat(pools.list()).extracting(PoolStatus::name).containsExactly("other");
      assertThatThrownBy(() -> pools.status("small")).isInstanceOf(InvalidConfiguration.class);
    }
  }

  @Test
  void aPoolWhoseJobsNobodyCanBeAskedOfIsNotForgotten() throws Exception {
    JobId job = deployed();
    try (HpcRuntime runtime = at("two", "two")) {
      WorkerPools pools = WorkerPools.of(runtime);
      assertThat(pools.status("small").jobs())
          .singleElement()
          .returns(job, PoolStatus.Job::id)
          .returns(null, PoolStatus.Job::info);
      assertThatThrownBy(() -> pools.delete("small", Duration.ZERO))
          .isInstanceOf(InvalidConfiguration.class)
          .hasMessageContaining("backend one");
      assertThat(record().jobs()).extracting(PoolJob::id).containsExactly(job);
    }
  }
}
