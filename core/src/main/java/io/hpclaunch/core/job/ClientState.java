// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.core.store.FileStateStore;
import io.hpclaunch.core.store.JobStore;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.OpenIntent;
import io.hpclaunch.core.store.StateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client has of the store: the records, a journal of its own, the journals of clients that
 * are gone, and the threads on which callbacks run. Everything is opened when it is first needed.
 */
public final class ClientState implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClientState.class);

  private static final int CALLBACK_THREADS = 8;
  private static final Duration BETWEEN_TAKE_OVERS = Duration.ofSeconds(10);

  /** What is asked for all backends at once, and not for one. */
  private static final String ALL = "";

  private final StateStore state;
  private final Clock clock;
  private final CopyListener copies;

  /** Journals of clients that are gone, in which something is open. */
  private final List<Journal> orphans = new ArrayList<>();

  /** Such in which nothing is open, and which their store keeps all the same. */
  private final List<Journal> idle = new ArrayList<>();

  /** What this client submits at this moment. */
  private final Set<Token> underWay = ConcurrentHashMap.newKeySet();

  private final Map<String, Instant> nextTakeOver = new HashMap<>();
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
    this(new FileStateStore(folder, durable, clock), clock, CopyListener.NONE);
  }

  /**
   * Takes a store, and closes it in the end; nothing is read or made yet.
   *
   * @param state the store
   * @param clock the present
   * @param copies told of files that are brought to jobs
   */
  public ClientState(StateStore state, Clock clock, CopyListener copies) {
    this.state = state;
    this.clock = clock;
    this.copies = copies;
  }

  /**
   * The records.
   *
   * @return the store
   */
  public JobStore store() {
    return state.jobs();
  }

  /** Whether clients that see other files may use the store, too. */
  boolean isShared() {
    return state.isShared();
  }

  CopyListener copies() {
    return copies;
  }

  Clock clock() {
    return clock;
  }

  /** Refuses a submission whose state could not be kept, before anything else is done for it. */
  synchronized void check() {
    if (own == null || state.isShared()) {
      state.check(true);
    }
  }

  /** This client's own journal. */
  synchronized Journal journal() {
    if (own == null) {
      check();
      try {
        own = state.journals().open();
      } catch (IOException e) {
        throw state.unwritable(e);
      }
    }
    return own;
  }

  /** The error of a client that reads. */
  HpcException unreadable(IOException e) {
    return state.unreadable(e);
  }

  /** An intent that is open in a journal of ours. */
  record Open(OpenIntent intent, Journal journal) {}

  /**
   * What is open for one backend, by this client or by one that is gone; not what this client is
   * about to submit.
   *
   * @param backend the entry's name
   * @param reachable whether this client can settle an intent
   */
  synchronized List<Open> openIntents(String backend, Predicate<JournalEntry.Intent> reachable) {
    takeOver(backend, intent -> intent.backend().equals(backend) && reachable.test(intent));
    List<Open> found = new ArrayList<>();
    for (Journal journal : allJournals()) {
      for (OpenIntent intent : journal.openIntents()) {
        if (!underWay.contains(intent.intent().token())
            && intent.intent().backend().equals(backend)
            && reachable.test(intent.intent())) {
          found.add(new Open(intent, journal));
        }
      }
    }
    return found;
  }

  /** From here on this client submits a job, and nobody settles that meanwhile. */
  void begin(Token token) {
    underWay.add(token);
  }

  /** What is still open now is for whoever settles. */
  void end(Token token) {
    underWay.remove(token);
  }

  /** The backends of which something is open. */
  synchronized List<String> openBackends() {
    state.check(false);
    Set<String> names = new TreeSet<>();
    if (!state.isShared()) { // which of a shared store's can be settled here, backends know
      takeOver(ALL, any -> true);
    }
    try {
      state.journals().abandoned().forEach(intent -> names.add(intent.backend()));
    } catch (IOException e) {
      throw state.unreadable(e);
    }
    for (Journal journal : allJournals()) {
      journal.openIntents().forEach(open -> names.add(open.intent().backend()));
    }
    return List.copyOf(names);
  }

  /** Has the journals of clients that are gone looked for at the next question, and not later. */
  synchronized void lookForOrphans() {
    nextTakeOver.clear();
  }

  /** Others rarely die while this client lives; to look for their journals costs a listing. */
  private void takeOver(String backend, Predicate<JournalEntry.Intent> reachable) {
    Instant now = clock.instant();
    String asked = state.isShared() ? backend : ALL;
    if (now.isBefore(nextTakeOver.getOrDefault(asked, Instant.MIN))) {
      return;
    }
    nextTakeOver.put(asked, now.plus(BETWEEN_TAKE_OVERS));
    try {
      for (Journal taken : state.journals().takeOver(reachable)) {
        (taken.openIntents().isEmpty() ? idle : orphans).add(taken);
      }
    } catch (IOException e) {
      log.warn("The journal of earlier clients cannot be read: {}", e.getMessage());
    }
  }

  /** Gives back the journals of clients that are gone of which all is settled. */
  synchronized void closeSettled() {
    for (Journal journal : List.copyOf(orphans)) {
      if (journal.openIntents().isEmpty()) {
        orphans.remove(journal);
        close(journal);
      }
    }
  }

  private static void close(Journal journal) {
    try {
      journal.close();
    } catch (IOException e) {
      log.warn("The journal {} cannot be closed: {}", journal.name(), e.getMessage());
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
    allJournals().forEach(ClientState::close);
    idle.forEach(ClientState::close);
    orphans.clear();
    idle.clear();
    own = null;
    if (callbacks != null) {
      callbacks.shutdown();
    }
    state.close();
  }
}
