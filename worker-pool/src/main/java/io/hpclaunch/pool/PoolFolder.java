// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonParseException;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.StateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
      BrokerKey.forget(folder);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the record of worker pool " + name + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /** Held by a process while it is the pool's only one. */
  static final class Lock implements AutoCloseable {
    private final FileChannel channel;

    private Lock(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        return; // it ends with the process at the latest
      }
    }
  }

  /**
   * Takes a lock, or tells that another process has it.
   *
   * @param what its name
   * @return the lock, or empty
   */
  Optional<Lock> tryLock(String what) {
    FileChannel channel = null;
    try {
      Path file = folder.resolve(what);
      StateFiles.mark(file);
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
      @Nullable FileLock lock = channel.tryLock();
      if (lock != null) {
        return Optional.of(new Lock(channel));
      }
      channel.close();
      return Optional.empty();
    } catch (OverlappingFileLockException e) { // this very process
      new Lock(channel == null ? unopened() : channel).close();
      return Optional.empty();
    } catch (IOException e) {
      throw new BackendUnavailable(
          "worker pool " + name + " cannot be locked: " + e.getMessage(), e);
    }
  }

  private static FileChannel unopened() {
    throw new IllegalStateException("a lock overlaps before its file is open");
  }
}
