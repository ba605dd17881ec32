// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.core.plugin.RuntimeParts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What job a pool makes, for schedulers that can do this and not that. */
final class DeploymentTest {
  private static final Set<Capability> ALL = EnumSet.allOf(Capability.class);

  @TempDir
  Path folder;

  private HpcRuntime runtime;

  @AfterEach
  void stop() {
    runtime.close();
  }

  /** A scheduler that is asked for nothing but what it can do. */
  private record Scheduler(String name, Set<Capability> able) implements HPCBackend {
    @Override
    public Capabilities capabilities() {
      return Capabilities.of(able.toArray(Capability[]::new));
    }

    @Override
    public NativeId submit(SubmitRequest request) {
      throw new AssertionError("nothing is submitted");
    }

    @Override
    public Map<NativeId, Observation> query(Collection<NativeId> ids) {
      return Map.of();
    }

    @Override
    public void cancel(Collection<NativeId> ids) {}
  }

  private Deployment deployment(
      String type, Set<Capability> able, Map<String, Object> more, Map<String, Object> entry) {
    Map<String, Object> pool = new HashMap<>(Map.of("num_workers", 3, "cpus_worker", 4));
    pool.putAll(more);
    runtime = HpcRuntime.builder()
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of("worker_pools", Map.of("p", pool)))
        .build();
    PoolSettings settings = PoolSettings.of(((RuntimeParts) runtime).configuration(), "p");
    Map<String, Object> configured = new HashMap<>(entry);
    configured.put("workspace", folder.resolve("work").toString());
    return new Deployment(settings, runtime.open(new Scheduler(type, able), configured));
  }

  private JobSpec spec(String type, Set<Capability> able, Map<String, Object> more) {
    int workers = (Integer) more.getOrDefault("num_workers", 3);
    return deployment(type, able, more, Map.of()).spec(List.of("worker"), workers);
  }

  private static Set<Capability> without(Capability... lacking) {
    EnumSet<Capability> able = EnumSet.copyOf(ALL);
    able.removeAll(List.of(lacking));
    return able;
  }

  @ParameterizedTest
  @CsvSource({"slurm, srun", "shell, fork"})
  void aLauncherThatIsThereStartsTheWorkersOfOneJob(String type, String launcher) {
    JobSpec spec = spec(type, ALL, Map.of());
    assertThat(spec.launcher()).isEqualTo(launcher);
    assertThat(spec.resources().tasks()).isEqualTo(3);
    assertThat(spec.resources().cpusPerTask()).isEqualTo(4);
    assertThat(spec.array()).isNull();
  }

  @Test
  void elsewhereEachWorkerIsAnElementOfAnArray() {
    JobSpec spec = spec("pbs", ALL, Map.of());
    assertThat(spec.launcher()).isNull();
    assertThat(spec.resources().tasks()).isNull();
    assertThat(spec.resources().cpusPerTask()).isEqualTo(4);
    assertThat(spec.array()).isEqualTo(ArrayRange.of(0, 2));
  }

  @Test
  void aLauncherThatIsNamedIsTaken() {
    JobSpec spec = spec("pbs", ALL, Map.of("launcher", "mpi"));
    assertThat(spec.launcher()).isEqualTo("mpi");
    assertThat(spec.array()).isNull();
  }

  @Test
  void whereNoLauncherCanBeItIsAnArrayToo() {
    assertThat(spec("slurm", without(Capability.LAUNCHERS), Map.of()).array())
        .isEqualTo(ArrayRange.of(0, 2));
  }

  @Test
  void oneWorkerIsAPlainJob() {
    JobSpec spec = spec("pbs", ALL, Map.of("num_workers", 1));
    assertThat(spec.launcher()).isNull();
    assertThat(spec.array()).isNull();
  }

  @Test
  void memoryIsThatOfAWorker() {
    JobSpec spec = spec("slurm", ALL, Map.of("memory", "8G"));
    assertThat(spec.resources().memoryPerCpu()).isEqualTo(2L << 30);
  }

  @Test
  void theWarningFitsTheWalltime() {
    assertThat(spec("slurm", ALL, Map.of()).warning())
        .isEqualTo(new JobSpec.Warning("USR1", Duration.ofMinutes(2)));
    runtime.close();
    assertThat(spec("slurm", ALL, Map.of("walltime", "00:04:00")).warning())
        .isEqualTo(new JobSpec.Warning("USR1", Duration.ofMinutes(1)));
    runtime.close();
    assertThat(spec("slurm", without(Capability.WARNING), Map.of()).warning()).isNull();
  }

  @Test
  void filesThatJobsDoNotSeeAreToldBeforeAnythingIsSubmitted() {
    Deployment blind = deployment("k8s", without(Capability.SHARED_FILES), Map.of(), Map.of());
    assertThatThrownBy(() -> blind.storage("id"))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("do not see the files of this machine")
        .hasMessageContaining("storage: /shared/");
    runtime.close();
    Deployment shared =
        deployment("k8s", without(Capability.SHARED_FILES), Map.of("storage", "/shared"), Map.of());
    assertThat(shared.storage("id")).isEqualTo(Path.of("/shared/id"));
  }

  @Test
  void whereNodesFindTheBrokerMustBeSaid() {
    Deployment pool = deployment("slurm", ALL, Map.of(), Map.of());
    PoolSettings settings = PoolSettings.of(((RuntimeParts) runtime).configuration(), "p");
    assertThatThrownBy(() -> Listen.of(settings, pool.backend()))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("whose nodes must reach the broker")
        .hasMessageContaining("worker_pools: {p: {listen: ADDRESS}}; this host has")
        .hasMessageContaining("amqp_url");
  }
}
