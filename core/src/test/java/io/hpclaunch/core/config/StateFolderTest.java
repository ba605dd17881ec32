// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

  @ParameterizedTest
  @ValueSource(strings = {".", "records", "journal", "index", "index/active", "index/ids"})
  void aFileInTheWayIsTold(String name, @TempDir Path folder) throws IOException {
    Path state = folder.resolve("state");
    assertThat(StateFolder.fault(state)).isNull();
    Path file = state.resolve(name).normalize();
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    assertThat(StateFolder.fault(state)).isEqualTo(file + " is a file, and must be a folder");
  }

  @Test
  void whatTheSystemSaysBecomesWords() {
    assertThat(StateFolder.words(new AccessDeniedException("/x")))
        .isEqualTo("/x: permission denied");
    assertThat(StateFolder.words(new NotDirectoryException("/x")))
        .isEqualTo("/x is a file, and must be a folder");
    assertThat(StateFolder.words(new NoSuchFileException("/x")))
        .isEqualTo("/x: no such file or folder");
    assertThat(StateFolder.words(new FileSystemException("/x", null, "No space left on device")))
        .isEqualTo("/x: No space left on device");
    assertThat(StateFolder.words(new IOException("Input/output error")))
        .isEqualTo("Input/output error");
  }
}
