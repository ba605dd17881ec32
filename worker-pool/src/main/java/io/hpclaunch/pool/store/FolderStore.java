// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A folder on a file system that all hosts see, for its owner only. */
public final class FolderStore implements ObjectStore {
  private static final FileAttribute<Set<PosixFilePermission>> FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path folder;

  /**
   * Opens a store; the folder is made when something is written.
   *
   * @param folder an absolute path
   */
  public FolderStore(Path folder) {
    this.folder = folder;
  }

  @Override
  public Writing create(String key) throws IOException {
    Path file = path(key);
    Path parent = parent(file);
    Files.createDirectories(parent, FOLDER);
    Path temporary = parent.resolve("." + file.getFileName() + "." + UUID.randomUUID());
    Files.createFile(temporary, FILE);
    return new FolderWriting(file, temporary);
  }

  @Override
  public byte[] get(String key) throws IOException {
    return Files.readAllBytes(path(key));
  }

  @Override
  public boolean has(String key) {
    return Files.isRegularFile(path(key));
  }

  @Override
  public Path file(String key) throws IOException {
    Path file = path(key);
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString());
    }
    return file;
  }

  @Override
  public void remove(String key) throws IOException {
    delete(path(key));
  }

  /**
   * Removes a folder with all that is in it; does nothing where there is none.
   *
   * @param top the folder
   * @throws IOException when something cannot be removed
   */
  public static void delete(Path top) throws IOException {
    if (!Files.exists(top)) {
      return;
    }
    Files.walkFileTree(top, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
          throws IOException {
        Files.deleteIfExists(file);
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
        if (e instanceof NoSuchFileException) { // another one removes it, too
          return FileVisitResult.CONTINUE;
        }
        throw e;
      }

      @Override
      public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
          throws IOException {
        Files.deleteIfExists(directory);
        return FileVisitResult.CONTINUE;
      }
    });
  }

  /** A key comes from the other side: it must not lead out of the folder. */
  private Path path(String key) {
    Path file = folder.resolve(key).normalize();
    if (key.isEmpty() || !file.startsWith(folder) || file.equals(folder)) {
      throw new IllegalArgumentException("'" + key + "' is no name of an object");
    }
    return file;
  }

  private Path parent(Path file) {
    Path parent = file.getParent();
    return parent == null ? folder : parent;
  }

  private static final class FolderWriting implements Writing {
    private final Path file;
    private final Path temporary;
    private final OutputStream stream;

    FolderWriting(Path file, Path temporary) throws IOException {
      this.file = file;
      this.temporary = temporary;
      this.stream = Files.newOutputStream(temporary, StandardOpenOption.WRITE);
    }

    @Override
    public OutputStream stream() {
      return stream;
    }

    @Override
    public void keep() throws IOException {
      stream.close();
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
      stream.close();
      Files.deleteIfExists(temporary);
    }
  }
}
