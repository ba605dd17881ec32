// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Slurm behind a real sshd keeps what every backend must. */
@Tag("long")
class SlurmThroughSshContractTest extends BackendContract {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @Override
  public String type() {
    return "slurm";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("slurm_conf", CLUSTER.conf()), "transport", HOST.transport());
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
  public Transport transport() {
    return HOST.open();
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(3);
  }

  /** Of many, {@link OneLoginTest} tells. */
  @Override
  public int manyJobs() {
    return 10;
  }

  @Override
  public boolean hasGpu() {
    return true;
  }
}
