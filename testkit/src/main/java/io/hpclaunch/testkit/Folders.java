// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders with all that is in them, while jobs may still write there. */
final class Folders {
  private Folders() {}

  /** All files below a folder; none where there is no folder. */
  static List<Path> files(Path folder) {
    return all(folder).stream().filter(Files::isRegularFile).toList();
  }

  /** What stands in a folder itself; nothing where there is none. */
  static List<Path> entries(Path folder) {
    return all(folder).stream().filter(path -> folder.equals(path.getParent())).toList();
  }

  /** Removes what can be removed. */
  static void remove(Path folder) {
    for (Path path : all(folder).stream().sorted(Comparator.reverseOrder()).toList()) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        // Something was written into it just now; the next attempt finds it.
      }
    }
  }

  private static List<Path> all(Path folder) {
    while (true) {
      try (Stream<Path> paths = Files.walk(folder)) {
        return paths.toList();
      } catch (NoSuchFileException e) {
        return List.of();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        } // A file went away while it was looked at.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
