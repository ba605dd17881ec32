// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A copy on this machine that is not whole yet, under a name of its own beside its place. */
final class UnfinishedFile {
  private static final int PERMISSIONS = 0777;

  private final Path path;
  private final Path target;
  private final FileChannel content;

  private UnfinishedFile(Path path, Path target, FileChannel content) {
    this.path = path;
    this.target = target;
    this.content = content;
  }

  /** Opens it; where others may come back to it, another one if somebody is at work on it now. */
  static UnfinishedFile open(Path path, Path target, boolean resumable) throws IOException {
    FileChannel content = openForOwner(path);
    if (resumable && lock(content) == null) {
      content.close();
      Path own = path.resolveSibling(".hpc-" + UUID.randomUUID() + ".tmp");
      return new UnfinishedFile(own, target, openForOwner(own));
    }
    return new UnfinishedFile(path, target, content);
  }

  private static FileChannel openForOwner(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  private static @Nullable FileLock lock(FileChannel content) {
    try {
      return content.tryLock();
    } catch (OverlappingFileLockException | IOException e) {
      return null; // by this process, or on a file system without locks
    }
  }

  Path path() {
    return path;
  }

  long size() throws IOException {
    return content.size();
  }

  void truncate(long size) throws IOException {
    content.truncate(size);
  }

  void write(ByteBuffer data, long offset) throws IOException {
    try {
      for (long at = offset; data.hasRemaining(); ) {
        at += content.write(data, at);
      }
    } catch (IOException e) {
      throw failed(target, e);
    }
  }

  /** Gives it its permissions, time and name. */
  void finish(int mode, Instant modified) throws IOException {
    content.close();
    Files.setAttribute(path, "unix:mode", mode & PERMISSIONS);
    Files.setLastModifiedTime(path, FileTime.from(modified));
    Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Lets go of it, and keeps what there is where that is wanted. */
  void close(boolean keep) throws IOException {
    if (content.isOpen()) {
      boolean worthIt = keep && content.size() > 0;
      content.close();
      if (!worthIt) {
        Files.deleteIfExists(path);
      }
    }
  }

  void remove() throws IOException {
    content.close();
    Files.deleteIfExists(path);
  }

  /** Java's own message for a full disk does not name the file. */
  static FileSystemException failed(Path path, IOException error) {
    if (error instanceof FileSystemException told) {
      return told;
    }
    FileSystemException named =
        new FileSystemException(path.toString(), null, String.valueOf(error.getMessage()));
    named.initCause(error);
    return named;
  }
}
