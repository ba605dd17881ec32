// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the host says of files, in words. */
@Timeout(60)
class RefusedFilesTest {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @RegisterExtension
  static final SshdHost WITHOUT = SshdHost.with("ForceCommand=/bin/false");

  @TempDir
  Path folder;

  @Test
  void aFullDiskIsSaidToBeFull() throws IOException {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    SshdHost.Ran mount = SshdHost.exec(
        List.of("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()), Map.of());
    assumeTrue(mount.exit() == 0, "a file system of a test's own (no permission to mount)");
    try (Transport transport = HOST.open()) {
      String path = disk.resolve("f").toString();
      transport.write(new byte[10_000], path, 0600);
      assertThatThrownBy(() -> transport.write(new byte[200_000], path, 0600))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining(path)
          .hasMessageContaining("no space is left on " + transport.host());
      assertThat(transport.list(disk.toString()))
          .singleElement()
          .satisfies(facts -> assertThat(facts.size()).isEqualTo(10_000));
    } finally {
      SshdHost.exec(List.of("umount", disk.toString()), Map.of());
    }
  }

  @Test
  void whatIsNotAllowedIsToldWithPathAndHost() {
    try (Transport transport = HOST.open()) {
      String path = "/sys/hpc-not-allowed";
      assertThatThrownBy(() -> transport.write(new byte[1], path, 0600))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(path)
          .hasMessageContaining(transport.host());
      assertThatThrownBy(() -> transport.mkdir(path, 0700))
          .isInstanceOf(AccessDeniedException.class)
          .hasMessageContaining(path);
    }
  }

  @Test
  void whatIsNotThereIsToldWithPathAndHost() {
    try (Transport transport = HOST.open()) {
      String path = folder.resolve("gone").toString();
      assertThatThrownBy(() -> transport.read(path, 0))
          .isInstanceOf(NoSuchFileException.class)
          .hasMessageContaining(path)
          .hasMessageContaining(transport.host());
      assertThatThrownBy(() -> transport.read(folder.toString(), 0))
          .isInstanceOf(FileSystemException.class)
          .hasMessageContaining("folder");
    }
  }

  @Test
  void aHostWithoutSftpIsToldSo() {
    try (Transport transport = WITHOUT.open()) {
      assertThatThrownBy(() -> transport.stat("/"))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("Subsystem sftp");
    }
  }
}
