// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Sweeps on a real Slurm: {@code eval "$(scripts/slurm-up)"} brings one up. */
@Timeout(300)
@EnabledIfEnvironmentVariable(named = "SLURM_CONF", matches = ".+", disabledReason = "no Slurm")
class SlurmSweepTest extends SweepContract {
  @Override
  String backend() {
    return "slurm";
  }

  @BeforeEach
  void theClusterIsThere() {
    assertThat(site.backend("slurm").resources().nodes()).isNotEmpty();
  }
}
