// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Files of the state folder: for their owner only, and whole or not there. */
public final class StateFiles {
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final String UNIQUE = ProcessIdentity.current().toString();

  private StateFiles() {}

  /**
   * Makes a folder, and those that it is in; nothing is done when it is there.
   *
   * @param folder the folder
   * @throws IOException when it cannot be made
   */
  public static void folders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder, FOLDER);
    }
  }

  /**
   * Writes under a name of its own, then renames.
   *
   * @param file the file, in a folder that is there
   * @param text its content
   * @param durable whether it must survive a loss of power
   * @throws IOException when it cannot be written; what was there before stands
   */
  public static void replace(Path file, String text, boolean durable) throws IOException {
    replace(file, RawBytes.encode(text), durable);
  }

  /** Makes a file that appears whole; nothing is done when it is there. */
  static void create(Path file, String text) throws IOException {
    Path temporary = temporary(file);
    try {
      replace(temporary, text, false);
      Files.createLink(file, temporary);
    } catch (FileAlreadyExistsException e) {
      return;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static Path temporary(Path file) {
    return file.resolveSibling(
        "." + file.getFileName() + "." + UNIQUE + "." + COUNTER.incrementAndGet());
  }

  /** Writes under a name of its own, then renames. */
  static void replace(Path file, byte[] content, boolean durable) throws IOException {
    Path temporary = temporary(file);
    try {
      try (FileChannel channel = FileChannel.open(
          temporary, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), FILE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        if (durable) {
          channel.force(true);
        }
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /**
   * Makes an empty file, and the folder that it is in; nothing is done when it is there.
   *
   * @param file the file
   * @throws IOException when it cannot be made
   */
  public static void mark(Path file) throws IOException {
    try {
      Files.createFile(file, FILE);
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (NoSuchFileException e) {
      folders(parent(file));
      mark(file);
    }
  }

  /** The names in a folder, sorted, without hidden ones; none when there is no such folder. */
  static List<String> names(Path folder) throws IOException {
    return names(folder, "");
  }

  /** Those of the names that begin with a prefix. */
  static List<String> names(Path folder, String prefix) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path each : entries) {
        String name = String.valueOf(each.getFileName());
        if (!name.startsWith(".") && name.startsWith(prefix)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    Collections.sort(names);
    return names;
  }

  static Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }
}
