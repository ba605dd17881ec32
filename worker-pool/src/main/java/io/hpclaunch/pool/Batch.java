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
  private int ended;

  /** The pool's side of a batch. */
  interface Handing<T extends @Nullable Object> {
    /** These are not wanted any more; none: all of them. */
    void cancel(Batch<T> batch, List<Integer> tasks);
  }

  Batch(String id, Handing<T> handing) {
    this.id = id;
    this.handing = handing;
  }

  /**
   * Its id, by which it can be found again.
   *
   * @return a word
   */
  public String id() {
    return id;
  }

  /** A new task. */
  synchronized TaskFuture<T> next() {
    TaskFuture<T> future = new TaskFuture<>(this, futures.size());
    futures.add(future);
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
    return futures.size();
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
  synchronized void count() {
    ended++;
    notifyAll();
  }

  /**
   * Waits for a share of the tasks.
   *
   * @param share how many
   * @throws InterruptedException when the waiting thread is interrupted; the tasks go on
   */
  public synchronized void waitFor(Share share) throws InterruptedException {
    while (!share.isReached(ended, futures.size())) {
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
    while (!share.isReached(ended, futures.size())) {
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
   */
  public List<T> results() throws InterruptedException {
    waitFor(Share.all());
    List<T> results = new ArrayList<>();
    for (TaskFuture<T> future : futures()) {
      results.add(future.join());
    }
    return results;
  }

  /** Gives all tasks up that have not ended. */
  public void cancel() {
    for (TaskFuture<T> future : futures()) {
      future.giveUp();
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
