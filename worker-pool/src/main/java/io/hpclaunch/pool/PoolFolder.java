// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.google.gson.JsonParseException;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.journal.ProcessLock;
import io.hpclaunch.pool.store.FolderStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pool's place in the state folder: its record, and who uses it. For its owner only. */
final class PoolFolder {
  private static final String POOLS = "pools";
  private static final String RECORD = "pool.json";

  /** A file's lock belongs to the process: its threads take turns by these. */
  private static final Map<Path, ReentrantLock> TURNS = new ConcurrentHashMap<>();

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
    this.folder = state.resolve(POOLS).resolve(name);
  }

  /** The names of the pools that a state folder has a record of, in their order. */
  static List<String> names(Path state) {
    Path pools = state.resolve(POOLS);
    try (Stream<Path> all = Files.list(pools)) {
      return all.filter(folder -> Files.exists(folder.resolve(RECORD)))
          .map(folder -> String.valueOf(folder.getFileName()))
          .sorted()
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | UncheckedIOException e) {
      throw new BackendUnavailable(
          "the records of worker pools cannot be read: " + pools + ": " + e.getMessage(), e);
    }
  }

  String name() {
    return name;
  }

  /**
   * What is kept of its batches, as long as RabbitMQ keeps their results.
   *
   * @param store has what is large
   */
  BatchJournals journals(Path store) {
    return new BatchJournals(
        folder.resolve("batches"), new FolderStore(store), PoolQueues.RESULTS_KEPT);
  }

  Path path() {
    return folder;
  }

  /** The record, or empty where the pool was never deployed, or was deleted. */
  Optional<PoolRecord> read() {
    Path file = folder.resolve(RECORD);
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
      StateFiles.replace(folder.resolve(RECORD), record.toJson(), false);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the record of worker pool " + name + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** The pool is no more. */
  void forget() {
    try {
      Files.deleteIfExists(folder.resolve(RECORD));
      BrokerKey.forget(folder);
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
      FileChannel channel = lock();
      try {
        return work.run();
      } finally {
        unlock(channel);
      }
    } finally {
      turn.unlock();
    }
  }

  private FileChannel lock() {
    Path file = folder.resolve("lock");
    try {
      StateFiles.mark(file);
      FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
      try {
        FileLock unused = channel.lock(); // until the channel is closed
      } catch (IOException e) {
        return channel; // a file system without locks
      }
      return channel;
    } catch (IOException e) {
      throw cannotBeLocked(e);
    }
  }

  private static void unlock(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      return; // it ends with the process at the latest
    }
  }

  /**
   * Takes a lock, or tells that another process, or another client of this one, has it.
   *
   * @param what its name
   * @return the lock, or empty
   */
  Optional<ProcessLock> tryLock(String what) {
    try {
      return ProcessLock.tryTake(folder.resolve(what));
    } catch (IOException e) {
      throw cannotBeLocked(e);
    }
  }

  private BackendUnavailable cannotBeLocked(IOException e) {
    return new BackendUnavailable(
        "worker pool " + name + " cannot be locked: " + e.getMessage(), e);
  }
}
