// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.WholeJob;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the jobs of one backend on one thread, whatever their number. Each round asks about all
 * of them at once. Whatever goes wrong in a round is told and does not end the next one.
 */
final class Monitor implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Monitor.class);

  private final String backend;
  private final Observer observer;
  private final Reconciler reconciler;
  private final ClientState client;
  private final Pace pace;
  private final Consumer<Runnable> feed;
  private final Map<Token, Followed> followed = new ConcurrentHashMap<>();

  private final ReentrantLock rounds = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition bell = lock.newCondition();
  private @Nullable Thread thread;
  private boolean nudged;
  private boolean closed;
  private volatile boolean unsettled;

  /** Whether all ends that were told are written down; else there are rounds without jobs, too. */
  private volatile boolean kept = true;

  /**
   * Makes a monitor, which begins with the first job that it follows.
   *
   * @param feed begins to listen to a scheduler that tells of changes by itself
   */
  Monitor(
      String backend,
      Observer observer,
      Reconciler reconciler,
      ClientState client,
      Pace pace,
      Consumer<Runnable> feed) {
    this.backend = backend;
    this.observer = observer;
    this.reconciler = reconciler;
    this.client = client;
    this.pace = pace;
    this.feed = feed;
  }

  /** Follows a job; one that is followed already is followed once. */
  Followed follow(WholeJob whole) {
    JobRecord record = whole.record();
    Followed known = followed.get(record.token());
    if (known != null) {
      return known;
    }
    Followed job = new Followed(whole);
    if (record.isFinal()) {
      return job;
    }
    unsettled |= !record.isSubmitted();
    Followed before = followed.putIfAbsent(record.token(), job);
    start();
    return before == null ? job : before;
  }

  @Nullable Followed find(Token token) {
    return followed.get(token);
  }

  /** Of jobs without a record only this client knows that it asked for their end. */
  void askedToEnd(Set<JobId> strangers) {
    for (JobId id : strangers) {
      JobId whole = new JobId(id.backend(), id.nativeId().whole());
      for (Followed job : followed.values()) {
        if (job.record().id().equals(whole)) {
          job.askedToEnd(id.nativeId().index());
        }
      }
    }
  }

  /** Something was done that will show soon. */
  void nudge() {
    lock.lock();
    try {
      nudged = true;
      bell.signal();
    } finally {
      lock.unlock();
    }
  }

  /** How many jobs are followed. */
  int size() {
    return followed.size();
  }

  /**
   * One round, and one at a time: else the older of two could be told last.
   *
   * @return how long to wait for the next one
   */
  Duration round() {
    rounds.lock();
    try {
      return lookOnce();
    } finally {
      rounds.unlock();
    }
  }

  private Duration lookOnce() {
    if (unsettled || followed.values().stream().anyMatch(job -> !job.record().isSubmitted())) {
      unsettled = false; // a job that is followed from now on may set it again
      unsettled |= reconciler.settle();
    }
    kept = observer.keepAgain();
    List<WholeJob> jobs = new ArrayList<>();
    for (Followed job : followed.values()) {
      jobs.add(job.record().isSubmitted() ? job.job() : job.job().with(stored(job)));
    }
    long begin = System.nanoTime();
    Map<Token, Judge.Verdict> verdicts = observer.observe(jobs);
    kept = kept && observer.isKept();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    return pace.next(update(verdicts.values()), took, client.clock().instant());
  }

  /** What was held may have been submitted, by whatever process. */
  private JobRecord stored(Followed job) {
    try {
      return client.store().load(job.record().token()).orElse(job.record());
    } catch (IOException e) {
      if (!Thread.currentThread().isInterrupted()) { // else it is about to end
        log.warn("Job {} is followed by what was known: {}", job.record().id(), e.getMessage());
      }
      return job.record();
    }
  }

  private boolean update(Collection<Judge.Verdict> verdicts) {
    boolean news = false;
    for (Judge.Verdict verdict : verdicts) {
      Followed job = followed.get(verdict.record().token());
      if (job != null) {
        news |= job.update(verdict);
        if (verdict.record().isFinal()) {
          followed.remove(verdict.record().token());
        }
      }
    }
    return news;
  }

  private void start() {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the runtime of backend " + backend + " is closed");
      }
      if (thread == null) {
        thread = new Thread(this::run, "hpc-monitor-" + backend);
        thread.setDaemon(true);
        thread.start();
      } else if (followed.size() == 1) {
        nudged = true; // it may sleep long, with nothing to do
        bell.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    listen();
    Duration pause = pace.least();
    while (await(pause)) {
      try {
        pause = round();
      } catch (RuntimeException | LinkageError e) {
        if (Thread.currentThread().isInterrupted()) {
          return; // only close() does that
        }
        log.error("A round of the monitor of {} failed; the next one follows", backend, e);
        pause = pace.most();
      }
    }
  }

  private void listen() {
    try {
      feed.accept(this::nudge);
    } catch (RuntimeException | LinkageError e) {
      log.warn("Backend {} does not tell of changes, and is asked: {}", backend, e.toString());
    }
  }

  /** Waits for the next round; false when it is over. */
  private boolean await(Duration pause) {
    lock.lock();
    try {
      long left = hasNothingToDo() ? Long.MAX_VALUE : pause.toNanos();
      while (left > 0 && !nudged && !closed) {
        left = bell.awaitNanos(Math.min(left, TimeUnit.DAYS.toNanos(1)));
        if (hasNothingToDo() && !nudged) {
          left = Long.MAX_VALUE;
        }
      }
      if (nudged) {
        nudged = false;
        pace.reset(client.clock().instant());
      }
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean hasNothingToDo() {
    return followed.isEmpty() && kept;
  }

  @Override
  public void close() {
    Thread running;
    lock.lock();
    try {
      closed = true;
      running = thread;
      bell.signal();
    } finally {
      lock.unlock();
    }
    if (running != null && running != Thread.currentThread()) {
      running.interrupt();
    }
    followed.values().forEach(Followed::stop);
    followed.clear();
  }
}
