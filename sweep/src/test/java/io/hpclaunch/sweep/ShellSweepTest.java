// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import org.junit.jupiter.api.Timeout;

/** Sweeps on the real shell backend. */
@Timeout(180)
class ShellSweepTest extends SweepContract {
  @Override
  String backend() {
    return "shell";
  }
}
