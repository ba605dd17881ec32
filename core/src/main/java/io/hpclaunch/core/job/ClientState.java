// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.store.FileJobStore;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.Journals;
import io.hpclaunch.core.store.OpenIntent;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client has of the state folder: the records, a journal of its own, the journals of
 * clients that are gone, and the threads on which callbacks run. Everything is opened when it is
 * first needed.
 */
public final class ClientState implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClientState.class);

  private static final String REMEDY =
      "move it away, make it your own, or set HPC_STATE_DIR to a folder of your own";
  private static final int CALLBACK_THREADS = 8;
  private static final Duration BETWEEN_TAKE_OVERS = Duration.ofSeconds(10);

  private final Path folder;
  private final Journals journals;
  private final JobStore store;
  private final Clock clock;
  private final List<Journal> orphans = new ArrayList<>();
  private Instant nextTakeOver = Instant.MIN;
  private @Nullable Journal own;
  private @Nullable ExecutorService callbacks;

  /**
   * Names a state folder; nothing is read or made yet.
   *
   * @param folder the folder
   * @param durable whether what is written must survive the loss of power
   * @param clock the present
   */
  public ClientState(Path folder, boolean durable, Clock clock) {
    this.folder = folder;
    this.clock = clock;
    this.journals = new Journals(folder, durable, clock);
    this.store = new FileJobStore(folder, durable, clock);
  }

  /**
   * The records.
   *
   * @return the store
   */
  public JobStore store() {
    return store;
  }

  Clock clock() {
    return clock;
  }

  Path folder() {
    return folder;
  }

  /** Refuses a submission whose state could not be kept, before anything else is done for it. */
  synchronized void check() {
    String fault = own == null ? StateFolder.fault(folder) : null;
    if (fault != null) {
      throw new InvalidConfiguration(
          "the state folder cannot be used: " + fault + "; nothing was submitted; " + REMEDY);
    }
  }

  /** This client's own journal. */
  synchronized Journal journal() {
    if (own == null) {
      check();
      try {
        StateFolder.create(folder);
        own = journals.open();
      } catch (IOException e) {
        throw unwritable(e);
      }
    }
    return own;
  }

  private RuntimeException unwritable(IOException e) {
    String text = "the state folder cannot be written: " + StateFolder.words(e)
        + "; nothing was submitted; set HPC_STATE_DIR to a folder of your own";
    boolean full =
        e instanceof FileSystemException && String.valueOf(e.getMessage()).contains("No space");
    return full || !(e instanceof FileSystemException)
        ? new BackendUnavailable(text, e)
        : new InvalidConfiguration(text, e);
  }

  /** The error of a client that reads the state folder. */
  HpcException unreadable(IOException e) {
    String fault = StateFolder.fault(folder);
    if (fault != null) {
      return new InvalidConfiguration(
          "the state folder cannot be used: " + fault + "; " + REMEDY, e);
    }
    IOException first = e.getCause() instanceof FileSystemException told ? told : e;
    return new BackendUnavailable(
        "the state folder cannot be read: " + StateFolder.words(first)
            + "; mend it, or set HPC_STATE_DIR to a folder of your own",
        e);
  }

  /** An intent that is open in a journal of ours. */
  record Open(OpenIntent intent, Journal journal) {}

  /**
   * What is open for one backend, by this client or by one that is gone; not what this client is
   * about to submit.
   */
  synchronized List<Open> openIntents(String backend) {
    takeOver();
    List<Open> found = new ArrayList<>();
    for (Journal journal : allJournals()) {
      for (OpenIntent intent : journal.openIntents()) {
        boolean underWay = journal == own && intent.last() == null;
        if (!underWay && intent.intent().backend().equals(backend)) {
          found.add(new Open(intent, journal));
        }
      }
    }
    return found;
  }

  /** The backends of which something is open. */
  synchronized List<String> openBackends() {
    String fault = StateFolder.fault(folder);
    if (fault != null) {
      throw new InvalidConfiguration("the state folder cannot be used: " + fault + "; " + REMEDY);
    }
    takeOver();
    Set<String> names = new TreeSet<>();
    for (Journal journal : allJournals()) {
      journal.openIntents().forEach(open -> names.add(open.intent().backend()));
    }
    return List.copyOf(names);
  }

  /** Has the journals of clients that are gone looked for at the next question, and not later. */
  synchronized void lookForOrphans() {
    nextTakeOver = Instant.MIN;
  }

  /** Others rarely die while this client lives; to look for their journals costs a listing. */
  private void takeOver() {
    Instant now = clock.instant();
    if (now.isBefore(nextTakeOver) || !Files.isDirectory(folder)) {
      return;
    }
    nextTakeOver = now.plus(BETWEEN_TAKE_OVERS);
    try {
      orphans.addAll(journals.takeOver());
    } catch (IOException e) {
      log.warn("The journal of earlier clients cannot be read: {}", e.getMessage());
    }
  }

  private List<Journal> allJournals() {
    List<Journal> all = new ArrayList<>(orphans);
    if (own != null) {
      all.add(own);
    }
    return all;
  }

  /** Where callbacks run, and where jobs are told to have ended: never on a monitor's thread. */
  synchronized ExecutorService callbacks() {
    if (callbacks == null) {
      AtomicInteger number = new AtomicInteger();
      ThreadPoolExecutor pool = new ThreadPoolExecutor(
          CALLBACK_THREADS,
          CALLBACK_THREADS,
          10,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> {
            Thread thread = new Thread(task, "hpc-callback-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });
      pool.allowCoreThreadTimeOut(true);
      callbacks = pool;
    }
    return callbacks;
  }

  /** Gives the journals back; what is open in them is left to whoever comes next. */
  @Override
  public synchronized void close() {
    for (Journal journal : allJournals()) {
      try {
        journal.close();
      } catch (IOException e) {
        log.warn("The journal {} cannot be closed: {}", journal.file(), e.getMessage());
      }
    }
    orphans.clear();
    own = null;
    if (callbacks != null) {
      callbacks.shutdown();
    }
    store.close();
  }
}
