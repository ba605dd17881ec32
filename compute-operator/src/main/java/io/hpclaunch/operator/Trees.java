// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.core.store.ProcessIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Folders with all that is in them. */
final class Trees {
  /** As transports name what is not whole yet. */
  private static final Pattern UNFINISHED = Pattern.compile("\\.hpc-[0-9a-f-]{36}\\.(tmp|part)");

  private Trees() {}

  /** Removes a folder; links are removed, not followed. */
  static void remove(Path folder) throws IOException {
    try {
      Files.walkFileTree(folder, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
            throws IOException {
          Files.deleteIfExists(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path each, @Nullable IOException error)
            throws IOException {
          if (error != null) {
            throw error;
          }
          Files.deleteIfExists(each);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (NoSuchFileException e) {
      // somebody else was faster
    }
  }

  /** Removes what {@link Documents#temporary} named and its owner, who was killed, left. */
  static void removeOrphans(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, ".*")) {
      for (Path each : entries) {
        if (isOrphan(String.valueOf(each.getFileName()))) {
          remove(each);
        }
      }
    } catch (NoSuchFileException e) {
      // nothing was left in a folder that is not there
    }
  }

  /**
   * Removes what transports were writing when their process was killed. Nobody else may be copying
   * to the folder.
   */
  static void removeUnfinished(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.filter(Trees::isUnfinished).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isUnfinished(Path path) {
    return UNFINISHED.matcher(String.valueOf(path.getFileName())).matches();
  }

  /** {@code .NAME.HOST-PID-START.COUNTER}, where name and host may hold dots themselves. */
  private static boolean isOrphan(String name) {
    int end = name.lastIndexOf('.');
    for (int dot = name.indexOf('.', 1); dot > 0 && dot < end; dot = name.indexOf('.', dot + 1)) {
      ProcessIdentity owner = ProcessIdentity.parse(name.substring(dot + 1, end));
      if (owner != null) {
        return owner.life() == ProcessIdentity.Life.GONE;
      }
    }
    return false;
  }
}
