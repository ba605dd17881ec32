// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.ProcessIdentity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process at a time work on a run. The lock is one of the operating system's on a file, so
 * that it ends with its owner, however that ends, and holds between hosts on NFS 4. Where a file
 * system has no locks there is none: a submission happens once all the same, since an attempt's
 * token is fixed when it is prepared, and files are replaced whole.
 */
final class RunLock {
  private static final String FILE = ".lock";
  private static final long LOOK_AGAIN_MILLIS = 50;

  /** A lock on a file belongs to the process: its threads take turns by these. */
  private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

  private final ReentrantLock here;
  private final @Nullable FileChannel channel;

  private RunLock(ReentrantLock here, @Nullable FileChannel channel) {
    this.here = here;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @param run the run's folder
   * @param patience how long to wait for another one to give it back
   * @throws BackendUnavailable when another one has it all that time
   */
  static RunLock take(Path run, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    ReentrantLock here = HERE.computeIfAbsent(run.toRealPath(), key -> new ReentrantLock());
    if (!here.tryLock(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw busy(run, "another thread of this process");
    }
    try {
      return new RunLock(here, channel(run, deadline));
    } catch (IOException | InterruptedException | RuntimeException e) {
      here.unlock();
      throw e;
    }
  }

  /** Null where the file system has no locks. */
  private static @Nullable FileChannel channel(Path run, long deadline)
      throws IOException, InterruptedException {
    Path file = run.resolve(FILE);
    FileChannel channel = FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean isTaken = false;
    try {
      while (!isTaken) {
        try {
          isTaken = channel.tryLock() != null;
        } catch (IOException e) {
          return null;
        }
        if (!isTaken && System.nanoTime() - deadline > 0) {
          throw busy(run, owner(file));
        }
        if (!isTaken) {
          Thread.sleep(LOOK_AGAIN_MILLIS);
        }
      }
      sign(channel);
      return channel;
    } finally {
      if (!isTaken) {
        channel.close();
      }
    }
  }

  private static void sign(FileChannel channel) throws IOException {
    byte[] name = ProcessIdentity.current().toString().getBytes(StandardCharsets.UTF_8);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(name), 0);
  }

  private static String owner(Path file) throws IOException {
    ProcessIdentity owner = ProcessIdentity.parse(Files.readString(file));
    return owner == null ? "another process" : "process " + owner.pid() + " on " + owner.host();
  }

  private static BackendUnavailable busy(Path run, String who) {
    return new BackendUnavailable(
        "run " + run.getFileName() + " is being worked on by " + who + ": try again later");
  }

  /** Gives it back. */
  void close() throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      here.unlock();
    }
  }
}
