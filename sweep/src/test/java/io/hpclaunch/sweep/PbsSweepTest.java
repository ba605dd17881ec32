// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** Sweeps on a real OpenPBS: {@code eval "$(scripts/pbs-up)"} brings one up. */
@Timeout(300)
@EnabledIfEnvironmentVariable(named = "PBS_CONF_FILE", matches = ".+", disabledReason = "no PBS")
class PbsSweepTest extends SweepContract {
  @Override
  String backend() {
    return "pbs";
  }
}
