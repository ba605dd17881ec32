// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.store.ObjectStore;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The journals of a pool's batches, in a folder of their own. */
public final class BatchJournals {
  private static final Logger LOG = LoggerFactory.getLogger(BatchJournals.class);
  private static final String SUFFIX = ".journal";
  private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

  private final Path folder;
  private final ObjectStore store;
  private final Duration kept;

  /**
   * Names the folder; it is made with the first journal.
   *
   * @param folder where they lie
   * @param store has what was too large for the broker
   * @param kept how long a journal stays that nobody writes
   */
  public BatchJournals(Path folder, ObjectStore store, Duration kept) {
    this.folder = folder;
    this.store = store;
    this.kept = kept;
  }

  /**
   * Somebody's journal, to go on with.
   *
   * @param id the batch's
   * @param file where it lies
   * @param content what it says
   * @param journal takes what comes
   */
  public record Taken(String id, Path file, BatchContent content, BatchJournal journal) {
    /**
     * Goes over the messages with results that came.
     *
     * @param each takes them
     * @throws IOException when the file cannot be read
     */
    public void replay(Consumer<byte[]> each) throws IOException {
      long unused = BatchJournal.read(file, entry -> {
        if (entry instanceof BatchEntry.Arrived arrived) {
          each.accept(arrived.message());
        }
      });
    }
  }

  private Path file(String id) {
    return folder.resolve(id + SUFFIX);
  }

  static Path lockOf(Path file) {
    String name = String.valueOf(file.getFileName());
    return file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".lock");
  }

  /**
   * Begins a journal.
   *
   * @param id the new batch's
   * @param opened its first entry
   * @return the journal, or null where it cannot be written, which is logged
   */
  public @Nullable BatchJournal create(String id, BatchEntry.Opened opened) {
    Path file = file(id);
    try {
      StateFiles.mark(file);
      ProcessLock lock = ProcessLock.tryTake(lockOf(file))
          .orElseThrow(() -> new IOException("another process has locked it"));
      BatchJournal journal = BatchJournal.open(file, 0, lock);
      journal.append(opened);
      return journal;
    } catch (IOException e) {
      LOG.warn("nobody will be able to attach to batch {}: {}", id, e.toString());
      return null;
    }
  }

  /**
   * Takes over the journal of a batch.
   *
   * @param id the batch's
   * @return the journal, open
   * @throws IllegalArgumentException when there is none
   * @throws BackendUnavailable when a process has the batch, or the file cannot be read
   */
  public Taken take(String id) {
    Path file = file(id);
    if (!ID.matcher(id).matches() || !Files.exists(file)) {
      throw unknown(id);
    }
    try {
      ProcessLock lock = ProcessLock.tryTake(lockOf(file))
          .orElseThrow(() -> new BackendUnavailable("batch " + id
              + " is in use by a process that lives; attach when that has closed its pool"));
      return take(id, file, lock);
    } catch (NoSuchFileException e) { // removed meanwhile
      throw unknown(id);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the journal of batch " + id + " cannot be read: " + file + ": " + e.getMessage(), e);
    }
  }

  private Taken take(String id, Path file, ProcessLock lock) throws IOException {
    Reading reading = new Reading();
    try {
      long length = BatchJournal.read(file, reading);
      BatchContent content = reading.content().orElseThrow(() -> unknown(id));
      return new Taken(id, file, content, BatchJournal.open(file, length, lock));
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private IllegalArgumentException unknown(String id) {
    return new IllegalArgumentException("no batch '%s' is known in %s; one is kept for %d days"
        .formatted(id, folder, kept.toDays()));
  }

  /** Puts a content together. */
  private static final class Reading implements Consumer<BatchEntry> {
    private @Nullable BatchContent content;

    @Override
    public void accept(BatchEntry entry) {
      if (content != null) {
        content.add(entry);
      } else if (entry instanceof BatchEntry.Opened opened) {
        content = new BatchContent(opened);
      }
    }

    /** Empty where the client died before the first entry was written. */
    Optional<BatchContent> content() {
      return Optional.ofNullable(content);
    }
  }

  /**
   * The batches that have a journal.
   *
   * @return their ids, in no order
   */
  public List<String> ids() {
    List<String> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        ids.add(name.substring(0, name.length() - SUFFIX.length()));
      }
    } catch (NoSuchFileException e) {
      return ids;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      LOG.warn("the journals of batches cannot be listed: {}", e.toString());
    }
    return ids;
  }

  /**
   * What is known of each batch, also of those that a process is writing.
   *
   * @return by id
   */
  public Map<String, BatchContent> list() {
    Map<String, BatchContent> all = new LinkedHashMap<>();
    for (String id : ids()) {
      Reading reading = new Reading();
      try {
        long unused = BatchJournal.read(file(id), reading);
        reading.content().ifPresent(content -> all.put(id, content));
      } catch (IOException e) {
        LOG.debug("batch {}: {}", id, e.toString()); // removed meanwhile
      }
    }
    return all;
  }

  /**
   * Removes journals that nobody has and nobody wrote for too long, and what the store has of their
   * batches.
   *
   * @param now the present
   */
  public void prune(Instant now) {
    for (String id : ids()) {
      try {
        Instant last = Files.getLastModifiedTime(file(id)).toInstant();
        if (last.plus(kept).isBefore(now)) {
          ProcessLock.tryTake(lockOf(file(id))).ifPresent(lock -> {
            remove(id);
            lock.close();
          });
        }
      } catch (IOException e) {
        LOG.debug("batch {}: {}", id, e.toString());
      }
    }
  }

  /**
   * Removes what is kept of a batch, also what the store has of it.
   *
   * @param id the batch's
   */
  public void remove(String id) {
    try {
      Files.deleteIfExists(file(id));
      Files.deleteIfExists(lockOf(file(id)));
      store.remove("batches/" + id);
    } catch (IOException e) {
      LOG.warn("what is kept of batch {} stays: {}", id, e.toString());
    }
  }

  /** Removes what is kept of all batches: the pool is no more. */
  public void removeAll() {
    ids().forEach(this::remove);
  }
}
