// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sweeps on PBS: on a real OpenPBS where {@code eval "$(scripts/pbs-up)"} has brought one up, else
 * on the small one of pbs-backend's tests, whose README says what it is.
 */
@Timeout(300)
class PbsSweepTest extends SweepContract {
  private static final int NO_PYTHON = 77;
  private static final boolean REAL = System.getenv("PBS_CONF_FILE") != null;

  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path place;

  @BeforeAll
  static void bringPbsUp() throws Exception {
    if (!REAL) {
      int status = run("pbs-fake-up", place.resolve("pbs").toString());
      Assumptions.assumeTrue(status != NO_PYTHON, "PBS of the tests (no Python 3.9)");
      assertThat(status).as(Files.readString(place.resolve("said"))).isZero();
    }
  }

  @AfterAll
  static void endPbs() throws Exception {
    if (!REAL) {
      assertThat(run("pbs-fake-down", "--jobs", place.resolve("pbs").toString()))
          .isZero();
    }
  }

  private static int run(String program, String... words) throws Exception {
    Path programs = Path.of("..", "pbs-backend", "src", "test", "fakepbs");
    List<String> command =
        new ArrayList<>(List.of(programs.resolve(program).toAbsolutePath().toString()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(place.resolve("said").toFile())
        .start()
        .waitFor();
  }

  @Override
  void prepare() throws IOException {
    if (!REAL) {
      Files.writeString(
          folder.resolve("pbs_bin"), place.resolve("pbs").resolve("bin").toString());
    }
  }

  @Override
  String backend() {
    return "pbs";
  }
}
