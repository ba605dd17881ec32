// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.testkit.LauncherContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What every launcher must keep, with the srun of a real Slurm. */
class SrunLauncherContractTest extends LauncherContract {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @Override
  protected String name() {
    return "srun";
  }

  @Override
  protected List<String> aliases() {
    return List.of("/opt/slurm/bin/srun", "./srun");
  }

  @Override
  protected Map<String, Object> launch() {
    return Map.of("variables", CLUSTER.environment());
  }
}
