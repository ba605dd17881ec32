// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A state folder on a disk that is full. Needs a file system of its own, which only root mounts.
 */
@Timeout(120)
class FullDiskTest {
  @TempDir
  Path folder;

  private Path disk;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(folder.resolve("disk"));
    Process mount = new ProcessBuilder(
            "mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "none", disk.toString())
        .redirectErrorStream(true)
        .start();
    assumeTrue(mount.waitFor() == 0, "no file system can be mounted here");
  }

  @AfterEach
  void unmount() throws Exception {
    new ProcessBuilder("umount", "-l", disk.toString()).start().waitFor();
  }

  private HpcRuntime runtime() {
    return HpcRuntime.builder()
        .workingDirectory(folder)
        .stateDirectory(disk.resolve("state"))
        .build();
  }

  @Test
  void nothingRunsThatCannotBeWrittenDown() throws Exception {
    Path ran = Files.createFile(folder.resolve("ran"));
    JobSpec spec = JobSpec.builder("j").shell("echo $HPC_TOKEN >>'" + ran + "'").build();
    List<HPCProcess> accepted = new ArrayList<>();
    try (HpcRuntime runtime = runtime()) {
      Backend shell = runtime.backend("shell");
      accepted.add(shell.submit(spec));
      accepted.get(0).waitFor();
      fill();
      assertThatThrownBy(() -> {
            for (int i = 0; i < 100; i++) {
              accepted.add(shell.submit(spec));
            }
          })
          .isInstanceOf(HpcException.class)
          .hasMessageContaining("No space");
      Files.delete(disk.resolve("filler"));
      accepted.add(shell.submit(spec));
      for (HPCProcess each : accepted) {
        assertThat(each.waitFor().state()).isEqualTo(JobState.COMPLETED);
      }
    }
    assertThat(Files.readAllLines(ran)).hasSameSizeAs(accepted).doesNotHaveDuplicates();
  }

  private void fill() throws IOException {
    byte[] block = new byte[1 << 12];
    try (var out = Files.newOutputStream(disk.resolve("filler"))) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space");
    }
  }
}
