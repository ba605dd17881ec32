// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one writer at a time into a folder of records: among this program's threads by a lock in
 * memory, among processes by a lock on a file. Some file systems have no such locks; there a record
 * may lose an observation to another process, which the next observation makes good.
 */
final class RecordLocks {
  private static final int STRIPES = 64;
  private static final String FILE = ".lock";

  /** A file's lock belongs to the process, so all stores of it share these. */
  private static final ReentrantLock[] STRIPED = new ReentrantLock[STRIPES];

  static {
    for (int i = 0; i < STRIPES; i++) {
      STRIPED[i] = new ReentrantLock();
    }
  }

  private RecordLocks() {}

  /** What is done while the lock is held. */
  interface Action<T> {
    T run() throws IOException;
  }

  static <T> T with(Path folder, Action<T> action) throws IOException {
    ReentrantLock lock = STRIPED[Math.floorMod(folder.toAbsolutePath().hashCode(), STRIPES)];
    lock.lock();
    try (FileChannel channel = FileChannel.open(
        folder.resolve(FILE),
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        StateFiles.FILE)) {
      FileLock held = lock(channel);
      try {
        return action.run();
      } finally {
        if (held != null) {
          held.release();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static @org.jspecify.annotations.Nullable FileLock lock(FileChannel channel) {
    try {
      return channel.lock();
    } catch (IOException e) {
      return null; // a file system without locks
    }
  }
}
