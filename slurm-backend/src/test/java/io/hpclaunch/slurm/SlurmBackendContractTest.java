// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.testkit.BackendContract;
import io.hpclaunch.testkit.FakeApptainer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every backend must keep, on a real Slurm. */
class SlurmBackendContractTest extends BackendContract {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  private static final FakeApptainer APPTAINER = FakeApptainer.install();

  @Override
  public String type() {
    return "slurm";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("slurm_conf", CLUSTER.conf(), "container", APPTAINER.config()));
  }

  @Override
  public String unknownNativeId() {
    return "999999";
  }

  /** Slurm counts in minutes, and looks each half minute. */
  @Override
  public Duration shortestWalltime() {
    return Duration.ofMinutes(1);
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(3);
  }

  @Override
  public Optional<String> launcher() {
    return Optional.of("srun");
  }

  @Override
  public boolean hasGpu() {
    return true;
  }

  @Override
  public Optional<ContainerSpec> container() {
    return Optional.of(FakeApptainer.container());
  }
}
