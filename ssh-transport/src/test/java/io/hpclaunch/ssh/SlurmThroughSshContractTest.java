// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.testkit.BackendContract;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.opentest4j.TestAbortedException;

/** A real Slurm behind a real sshd keeps what every backend must. */
class SlurmThroughSshContractTest extends BackendContract {
  private static final int NOT_TO_BE_HAD = 77;
  private static final String CONF = "export SLURM_CONF=";

  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  private static String conf = "";

  @BeforeAll
  static void findCluster() {
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

  @Override
  public String type() {
    return "slurm";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of("config", Map.of("slurm_conf", conf), "transport", HOST.transport());
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
}
