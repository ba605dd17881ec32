// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds executable files as execvp(3) does: by a path with a {@code /}, else along PATH. */
final class Executables {
  private static final String DEFAULT_PATH = "/usr/bin:/bin";

  private final String path;
  private final File workingDirectory;

  /**
   * Makes a search.
   *
   * @param path the value of PATH, or null for the system's default
   * @param workingDirectory what relative paths and empty elements of PATH refer to
   */
  Executables(@Nullable String path, Path workingDirectory) {
    this.path = path == null ? DEFAULT_PATH : path;
    this.workingDirectory = workingDirectory.toFile();
  }

  /**
   * Finds one.
   *
   * @param program a name or path
   * @return the file, or empty
   */
  Optional<Path> find(String program) {
    if (program.isEmpty() || program.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    if (program.indexOf('/') >= 0) {
      return executable(new File(program));
    }
    int start = 0;
    while (start <= path.length()) {
      int end = path.indexOf(':', start);
      end = end < 0 ? path.length() : end;
      // File("", x) would be /x
      String folder = start == end ? "." : path.substring(start, end);
      Optional<Path> found = executable(new File(folder, program));
      if (found.isPresent()) {
        return found;
      }
      start = end + 1;
    }
    return Optional.empty();
  }

  private Optional<Path> executable(File file) {
    File there = file.isAbsolute() ? file : new File(workingDirectory, file.getPath());
    try {
      return there.isFile() && there.canExecute() ? Optional.of(there.toPath()) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty(); // a name that this locale cannot write
    }
  }
}
