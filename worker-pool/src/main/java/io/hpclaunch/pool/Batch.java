// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that were handed over together. Safe for use by several threads.
 *
 * @param <T> what each of them gives
 * @since 0.1
 */
public final class Batch<T extends @Nullable Object> {
  private final String id;
  private final Handing<T> handing;
  private final List<@Nullable TaskFuture<T>> futures = new ArrayList<>();
  private int size;
  private int ended;
  private int missing;
  private boolean isWhole;
  private boolean isOver;

  /** The pool's side of a batch. */
  interface Handing<T extends @Nullable Object> {
    /** These are not wanted any more; none: all of them, and what is kept of them. */
    void cancel(Batch<T> batch, List<Integer> tasks);

    /** No more tasks come, and all have ended. Told once. */
    void over(Batch<T> batch);
  }

  Batch(String id, Handing<T> handing) {
    this.id = id;
    this.handing = handing;
  }

  /**
   * Its id, by which it can be found again: {@link WorkerPool#attach}.
   *
   * @return a word
   */
  public String id() {
    return id;
  }

  /** A new task. */
  synchronized TaskFuture<T> next() {
    return at(futures.size());
  }

  /** The task of an index, made where it was not known. */
  synchronized TaskFuture<T> at(int index) {
    while (futures.size() <= index) {
      futures.add(null);
    }
    TaskFuture<T> known = futures.get(index);
    if (known != null) {
      return known;
    }
    TaskFuture<T> future = new TaskFuture<>(this, index);
    futures.set(index, future);
    size++;
    return future;
  }

  /** The task of an index, or null. */
  synchronized @Nullable TaskFuture<T> find(int index) {
    return index >= 0 && index < futures.size() ? futures.get(index) : null;
  }

  /** A task that has ended is its caller's alone. */
  synchronized void forget(int index) {
    futures.set(index, null);
  }

  /**
   * Its tasks.
   *
   * @return in the order in which they were handed over; without those that were handed over one by
   *     one and have ended
   */
  public synchronized List<TaskFuture<T>> futures() {
    List<TaskFuture<T>> known = new ArrayList<>(futures.size());
    for (TaskFuture<T> future : futures) {
      if (future != null) {
        known.add(future);
      }
    }
    return Collections.unmodifiableList(known);
  }

  /**
   * How many tasks it has.
   *
   * @return those handed over so far
   */
  public synchronized int size() {
    return size;
  }

  /**
   * Whether it has all of its tasks. So it is, but for one that was attached to whose client had
   * died while it handed over: of that one, those tasks are here that the broker surely has, and
   * those that nobody can tell of come with their results. With the last of them it is complete.
   *
   * @return false where tasks may be missing
   */
  public synchronized boolean isComplete() {
    return missing == 0;
  }

  /**
   * How many have ended, however they did.
   *
   * @return at most {@link #size}
   */
  public synchronized int ended() {
    return ended;
  }

  /** One has ended. */
  void count() {
    synchronized (this) {
      ended++;
      notifyAll();
    }
    tellWhenOver();
  }

  /** No more tasks come. */
  void whole() {
    synchronized (this) {
      isWhole = true;
    }
    tellWhenOver();
  }

  private void tellWhenOver() {
    synchronized (this) {
      if (!isWhole || isOver || ended < size) {
        return;
      }
      isOver = true;
    }
    handing.over(this);
  }

  /** No more tasks come, and all have ended. */
  synchronized boolean isOver() {
    return isOver;
  }

  /** So many of its tasks may or may not be with the broker; negative: nobody knows how many. */
  synchronized void missing(int tasks) {
    missing = tasks;
  }

  /** One of them is. */
  void found() {
    boolean isLast;
    synchronized (this) {
      isLast = missing == 1;
      missing -= missing > 0 ? 1 : 0;
    }
    if (isLast) {
      whole();
    }
  }

  /**
   * Waits for a share of the tasks.
   *
   * @param share how many
   * @throws InterruptedException when the waiting thread is interrupted; the tasks go on
   */
  public synchronized void waitFor(Share share) throws InterruptedException {
    while (!share.isReached(ended, size)) {
      wait();
    }
  }

  /**
   * Waits for a share of the tasks, but not for ever.
   *
   * @param share how many
   * @param timeout the longest wait
   * @return whether they have ended
   * @throws InterruptedException when the waiting thread is interrupted; the tasks go on
   */
  public synchronized boolean waitFor(Share share, Duration timeout) throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (!share.isReached(ended, size)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /**
   * Waits for all tasks and gives their results.
   *
   * @return in the order of the inputs
   * @throws InterruptedException when the waiting thread is interrupted; the tasks go on
   * @throws CompletionException when one failed; its cause is what the first of them threw
   * @throws CancellationException when one was cancelled
   * @throws IllegalStateException when tasks may be missing, see {@link #isComplete}; what there is
   *     {@link #futures} gives
   */
  public List<T> results() throws InterruptedException {
    waitFor(Share.all());
    if (!isComplete()) {
      throw new IllegalStateException("batch " + id + " is incomplete: its client died while it"
          + " handed over, and " + size() + " of its tasks are known; futures() gives them");
    }
    List<T> results = new ArrayList<>();
    for (TaskFuture<T> future : futures()) {
      results.add(future.join());
    }
    return results;
  }

  /**
   * Gives all tasks up that have not ended, and all that is kept of the batch for those who would
   * attach to it; so it may also be called at the end.
   */
  public void cancel() {
    CancellationException why = new CancellationException(); // a trace for each would fill the heap
    for (TaskFuture<T> future : futures()) {
      future.giveUp(why);
    }
    handing.cancel(this, List.of());
  }

  void cancelled(TaskFuture<?> task) {
    handing.cancel(this, List.of(task.index()));
  }

  @Override
  public String toString() {
    return id + ": " + ended() + " of " + size() + " ended";
  }
}
