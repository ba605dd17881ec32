// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
  private static final Path HOME = Path.of("/home/me");

  @Test
  void theVariableThenXdgThenHome() {
    assertThat(StateFolder.locate(Map.of(), HOME)).hasToString("/home/me/.local/state/hpc-launch");
    assertThat(StateFolder.locate(Map.of("XDG_STATE_HOME", "/x"), HOME))
        .hasToString("/x/hpc-launch");
    assertThat(StateFolder.locate(Map.of("XDG_STATE_HOME", "x"), HOME))
        .hasToString("/home/me/.local/state/hpc-launch");
    assertThat(StateFolder.locate(Map.of("XDG_STATE_HOME", "/x", "HPC_STATE_DIR", "/s"), HOME))
        .hasToString("/s");
    assertThat(StateFolder.locate(Map.of("HPC_STATE_DIR", ""), HOME))
        .hasToString("/home/me/.local/state/hpc-launch");
    assertThatThrownBy(() -> StateFolder.locate(Map.of("HPC_STATE_DIR", "a\0b"), HOME))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageStartingWith("environment HPC_STATE_DIR: ");
  }

  @Test
  void onlyItsOwnerMayEnter(@TempDir Path folder) throws IOException {
    Path made = StateFolder.create(folder.resolve("a/b"));
    for (Path p : new Path[] {made, folder.resolve("a")}) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(p)))
          .isEqualTo("rwx------");
    }
    assertThat(StateFolder.create(made)).isEqualTo(made);
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> StateFolder.create(file)).isInstanceOf(IOException.class);
  }
}
