// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * A real Slurm on this machine, which tests reach through SSH: the cluster of
 * {@code scripts/slurm-up}, which finds it up or starts it. Register it in a static field. Where
 * there can be none, the tests are skipped, and the reason says why.
 */
final class SlurmCluster implements BeforeAllCallback {
  private static final int NOT_TO_BE_HAD = 77;
  private static final String CONF = "export SLURM_CONF=";

  private String conf = "";

  @Override
  public void beforeAll(ExtensionContext context) {
    SshdHost.Ran up = SshdHost.exec(List.of(SshdHost.script("slurm-up")), Map.of());
    if (up.exit() == NOT_TO_BE_HAD) {
      throw new TestAbortedException("Slurm cluster (" + up.err().strip() + ")");
    }
    conf = up.out()
        .lines()
        .filter(line -> line.startsWith(CONF))
        .findFirst()
        .orElseThrow(() -> new AssertionError("slurm-up: " + up.err()))
        .substring(CONF.length());
  }

  /** Its slurm.conf. */
  String conf() {
    return conf;
  }
}
