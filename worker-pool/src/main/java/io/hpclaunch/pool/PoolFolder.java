// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonParseException;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.journal.ProcessLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** A pool's place in the state folder: its record, and who uses it. For its owner only. */
final class PoolFolder {
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

  /** Held by a process while it is the pool's only one. */
  static final class Lock implements AutoCloseable {
    private final ProcessLock lock;

    private Lock(ProcessLock lock) {
      this.lock = lock;
    }

    @Override
    public void close() {
      lock.close();
    }
  }

  /**
   * Takes a lock, or tells that another process has it.
   *
   * @param what its name
   * @return the lock, or empty
   */
  Optional<Lock> tryLock(String what) {
    try {
      return ProcessLock.tryTake(folder.resolve(what)).map(Lock::new);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "worker pool " + name + " cannot be locked: " + e.getMessage(), e);
    }
  }
}
