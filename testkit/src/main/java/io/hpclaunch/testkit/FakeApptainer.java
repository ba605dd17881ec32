// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.ContainerSpec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A stand-in for Apptainer, for machines without it: a script that writes down its words exactly,
 * and runs the command on the host. The image does not matter, but that a file has to exist and
 * that no {@code docker://missing…} can be had.
 *
 * @since 0.1
 */
public final class FakeApptainer {
  private final Path folder;

  private FakeApptainer(Path folder) {
    this.folder = folder;
  }

  /**
   * Puts the script in a new folder, which is removed when this process ends.
   *
   * @return the stand-in
   */
  public static FakeApptainer install() {
    try {
      Path folder = Files.createTempDirectory("hpc-apptainer");
      FakeApptainer fake = new FakeApptainer(folder);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.remove(folder)));
      try (InputStream script =
          Objects.requireNonNull(FakeApptainer.class.getResourceAsStream("apptainer"))) {
        Files.copy(script, fake.executable());
      }
      Files.setPosixFilePermissions(
          fake.executable(), PosixFilePermissions.fromString("rwxr-xr-x"));
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The script.
   *
   * @return its path, named {@code apptainer}
   */
  public Path executable() {
    return folder.resolve("apptainer");
  }

  /**
   * What an entry's {@code config} says, so that its containers run by this.
   *
   * @return the value of {@code container}
   */
  public Map<String, Object> config() {
    return Map.of("executable", executable().toString());
  }

  /**
   * A container of this machine's own files.
   *
   * @return the container
   */
  public static ContainerSpec container() {
    return ContainerSpec.image("host:1").build();
  }

  /**
   * What it was called with.
   *
   * @return the words of each call, in no order
   */
  public List<List<String>> calls() {
    try (Stream<Path> files = Files.list(folder)) {
      List<List<String>> calls = new ArrayList<>();
      for (Path file : files
          .filter(path -> path.getFileName().toString().startsWith("call."))
          .toList()) {
        String words = Files.readString(file, StandardCharsets.UTF_8);
        calls.add(List.of(words.substring(0, words.length() - 1).split("\0", -1)));
      }
      return calls;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
