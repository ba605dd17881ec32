// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import io.hpclaunch.core.store.StateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A file that one process holds, until it gives it back or dies. */
public final class ProcessLock implements AutoCloseable {
  /**
   * What this process holds. Its second descriptor of a locked file would give the lock back when
   * it is closed: so there is never one.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private ProcessLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes a lock.
   *
   * @param file holds nothing; made, for its owner only, where it is not there
   * @return the lock, or empty when this or another process has it
   * @throws IOException when the file cannot be made, or the file system has no locks
   */
  public static Optional<ProcessLock> tryTake(Path file) throws IOException {
    Path key = file.toAbsolutePath().normalize();
    if (!HELD.add(key)) {
      return Optional.empty();
    }
    FileChannel channel = null;
    boolean isTaken = false;
    try {
      StateFiles.mark(key);
      channel = FileChannel.open(key, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      isTaken = lock != null;
      return isTaken ? Optional.of(new ProcessLock(key, channel)) : Optional.empty();
    } finally {
      if (!isTaken) {
        close(channel);
        HELD.remove(key);
      }
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      return; // it ends with the process at the latest
    }
  }

  /** Gives it back; safe to repeat. */
  @Override
  public void close() {
    if (channel.isOpen()) {
      close(channel);
      HELD.remove(file);
    }
  }
}
