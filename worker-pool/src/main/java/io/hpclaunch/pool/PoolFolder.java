// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonParseException;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.StateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A pool's place in the state folder: its record, and who uses it. For its owner only. */
final class PoolFolder {
  /** A file's lock belongs to the process: its threads take turns by these. */
  private static final Map<Path, ReentrantLock> TURNS = new ConcurrentHashMap<>();

  /** A process that opens a file that it has locked, and closes it, has lost the lock. */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final String name;
  private final Path folder;

  /**
   * Names the place; nothing is made.
   *
   * @param state the state folder
   * @param name the pool's name
   */
  PoolFolder(Path state, String name) {
    this.name = name;
    this.folder = state.resolve("pools").resolve(name);
  }

  Path path() {
    return folder;
  }

  /** The record, or empty where the pool was never deployed, or was deleted. */
  Optional<PoolRecord> read() {
    Path file = folder.resolve("pool.json");
    try {
      return Optional.of(PoolRecord.parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JsonParseException e) {
      throw new BackendUnavailable(
          "the record of worker pool %s cannot be read: %s: %s; remove it when no job of the pool runs"
              .formatted(name, file, e.getMessage()),
          e);
    }
  }

  void write(PoolRecord record) {
    try {
      StateFiles.folders(folder);
      StateFiles.replace(folder.resolve("pool.json"), record.toJson(), false);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the record of worker pool " + name + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** The pool is no more. */
  void forget() {
    try {
      Files.deleteIfExists(folder.resolve("pool.json"));
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the record of worker pool " + name + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /**
   * What one does alone.
   *
   * @param <T> what it gives
   * @param <E> what it throws
   */
  interface Work<T extends @Nullable Object, E extends Exception> {
    T run() throws E;
  }

  /**
   * Works while no other process, and no other thread, changes the pool; not to be called by the
   * work itself. Where the file system has no locks, only the threads of this process wait.
   *
   * @param work reads the record, and writes it
   * @param <T> what it gives
   * @param <E> what it throws
   */
  <T extends @Nullable Object, E extends Exception> T alone(Work<T, E> work) throws E {
    ReentrantLock turn = TURNS.computeIfAbsent(folder.toAbsolutePath(), at -> new ReentrantLock());
    turn.lock();
    try {
      Lock lock = lock();
      try {
        return work.run();
      } finally {
        lock.close();
      }
    } finally {
      turn.unlock();
    }
  }

  private Lock lock() {
    Path file = folder.resolve("lock").toAbsolutePath();
    try {
      Lock lock = new Lock(file, open(file));
      try {
        lock.channel.lock(); // until the channel is closed
      } catch (IOException e) {
        return lock; // a file system without locks
      }
      return lock;
    } catch (IOException e) {
      throw cannotBeLocked(e);
    }
  }

  /** Held by a process while it is the pool's only one. */
  static final class Lock implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private Lock(Path file, FileChannel channel) {
      this.file = file;
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        return; // it ends with the process at the latest
      } finally {
        HELD.remove(file);
      }
    }
  }

  /**
   * Takes a lock, or tells that another process, or another client of this one, has it.
   *
   * @param what its name
   * @return the lock, or empty
   */
  Optional<Lock> tryLock(String what) {
    Path file = folder.resolve(what).toAbsolutePath();
    if (!HELD.add(file)) {
      return Optional.empty();
    }
    Lock lock = null;
    try {
      lock = new Lock(file, open(file));
      if (lock.channel.tryLock() != null) {
        return Optional.of(lock);
      }
      lock.close();
      return Optional.empty();
    } catch (IOException e) {
      if (lock == null) {
        HELD.remove(file);
      } else {
        lock.close();
      }
      throw cannotBeLocked(e);
    }
  }

  private static FileChannel open(Path file) throws IOException {
    StateFiles.mark(file);
    return FileChannel.open(file, StandardOpenOption.WRITE);
  }

  private BackendUnavailable cannotBeLocked(IOException e) {
    return new BackendUnavailable(
        "worker pool " + name + " cannot be locked: " + e.getMessage(), e);
  }
}
