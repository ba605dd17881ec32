// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The host's commands, each behind a wrapper that stops where a test wants, until the test lets it
 * go on. It stops once.
 */
final class HeldCommands implements BeforeEachCallback, AfterEachCallback {
  /** Where a command stops. */
  enum Point {
    /** Before it has done anything. */
    BEFORE,
    /** When it has done all, and told nothing yet. */
    AFTER
  }

  private static final String WRAPPER = """
      #!/bin/bash
      here=%s name=%s real=%s
      # The test ends it, or its folder.
      hold() {
        : >"$here/$name.reached"
        until [[ -e $here/$name.go || ! -d $here ]]; do sleep 0.02; done
      }
      point=$(cat "$here/$name.hold" 2>/dev/null)
      rm -f "$here/$name.hold"
      [[ $point != BEFORE ]] || hold
      [[ $point == AFTER ]] || exec "$real" "$@"
      answer=$("$real" "$@")
      status=$?
      hold
      printf '%%s\\n' "$answer"
      exit "$status"
      """;

  private final Path bin;
  private final String[] names;

  HeldCommands(String... names) {
    this.names = names.clone();
    try {
      bin = Files.createTempDirectory("held").toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder that has them. */
  Path bin() {
    return bin;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    for (String name : names) {
      Path wrapper =
          Files.writeString(bin.resolve(name), WRAPPER.formatted(bin, name, onPath(name)));
      Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
    }
  }

  private static Path onPath(String name) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " on PATH"));
  }

  /** Lets the next call of a command stop. */
  void hold(String name, Point point) throws IOException {
    Files.writeString(bin.resolve(name + ".hold"), point.name());
  }

  boolean isReached(String name) {
    return Files.exists(bin.resolve(name + ".reached"));
  }

  /** Lets it go on. */
  void letGo(String name) throws IOException {
    Files.createFile(bin.resolve(name + ".go"));
  }

  /** What still waits ends with the folder. */
  @Override
  public void afterEach(ExtensionContext context) throws IOException {
    try (Stream<Path> files = Files.list(bin)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
    }
    Files.delete(bin);
  }
}
