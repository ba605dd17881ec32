// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.testkit.BackendContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/**
 * A PBS behind a real sshd keeps what every backend must: the small PBS of pbs-backend's tests,
 * whose README says what it is.
 */
@Tag("long")
class PbsThroughSshContractTest extends BackendContract {
  private static final int NO_PYTHON = 77;
  private static final Path PROGRAMS =
      Path.of(SshdHost.script("..")).resolve("pbs-backend/src/test/fakepbs").normalize();

  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @TempDir
  static Path folder;

  @BeforeAll
  static void start() {
    SshdHost.Ran up = pbs("pbs-fake-up", home().toString());
    if (up.exit() == NO_PYTHON) {
      throw new TestAbortedException("PBS of the tests (no Python 3.9)");
    }
    if (up.exit() != 0) {
      throw new AssertionError("pbs-fake-up: " + up.err());
    }
  }

  @AfterAll
  static void end() {
    pbs("pbs-fake-down", "--jobs", home().toString());
  }

  private static SshdHost.Ran pbs(String program, String... words) {
    List<String> command = new ArrayList<>(List.of(PROGRAMS.resolve(program).toString()));
    command.addAll(List.of(words));
    return SshdHost.exec(command, Map.of());
  }

  private static Path home() {
    return folder.resolve("home");
  }

  @Override
  public String type() {
    return "pbs";
  }

  @Override
  public Map<String, ?> entry() {
    return Map.of(
        "config", Map.of("bin", home().resolve("bin").toString()), "transport", HOST.transport());
  }

  @Override
  public Transport transport() {
    return HOST.open();
  }

  @Override
  public String unknownNativeId() {
    return "999999.nowhere";
  }

  @Override
  public Duration patience() {
    return Duration.ofMinutes(2);
  }
}
