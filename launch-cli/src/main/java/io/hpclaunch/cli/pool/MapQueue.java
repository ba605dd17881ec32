// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.pool.CommandResult;
import io.hpclaunch.pool.TaskFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tasks between the thread that hands them over and the one that prints what they gave. It holds so
 * many tasks, and so much output, and no more: who hands over faster than tasks end waits.
 */
final class MapQueue {
  private static final int MOST_TASKS = 4096;
  private static final long MOST_BYTES = 64L << 20;

  private final boolean isOrdered;
  private final Deque<TaskFuture<CommandResult>> tasks = new ArrayDeque<>();
  private int open;
  private long bytes;
  private boolean isWhole;
  private @Nullable Throwable failure;

  /**
   * Makes an empty queue.
   *
   * @param isOrdered whether tasks come out in the order in which they went in, else as they end
   */
  MapQueue(boolean isOrdered) {
    this.isOrdered = isOrdered;
  }

  /** Waits until there is room for one more task; false when no more are wanted. */
  synchronized boolean enter() throws InterruptedException {
    while (!isWhole && (open >= MOST_TASKS || bytes > MOST_BYTES)) {
      wait();
    }
    if (!isWhole) {
      open++;
    }
    return !isWhole;
  }

  /** Takes a task for which there is room. */
  void add(TaskFuture<CommandResult> task) {
    if (isOrdered) {
      synchronized (this) {
        tasks.add(task);
      }
    }
    CompletableFuture<?> unused = task.whenComplete(
        (@Nullable CommandResult result, @Nullable Throwable thrown) -> ended(task, result));
  }

  private synchronized void ended(TaskFuture<CommandResult> task, @Nullable CommandResult result) {
    bytes += size(result);
    if (!isOrdered) {
      tasks.add(task);
    }
    notifyAll();
  }

  private static long size(@Nullable CommandResult result) {
    return result == null ? 0 : result.size();
  }

  /**
   * No more tasks come.
   *
   * @param why why not all did, or null
   */
  synchronized void end(@Nullable Throwable why) {
    isWhole = true;
    failure = failure == null ? why : failure;
    notifyAll();
  }

  /** Whether all tasks were handed over. */
  synchronized boolean isWhole() {
    return isWhole;
  }

  /** Why not all tasks were handed over, or null. */
  synchronized @Nullable Throwable failure() {
    return failure;
  }

  /** Whether all that will ever come has been dealt with. */
  synchronized boolean isOver() {
    return isWhole && open == 0;
  }

  /** The next task that has ended and whose turn it is; null when none came in time. */
  synchronized @Nullable TaskFuture<CommandResult> next(Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (tasks.isEmpty() || !tasks.element().isDone()) {
      long left = end - System.nanoTime();
      if (left <= 0 || isOver()) {
        return null;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return tasks.remove();
  }

  /** A task was dealt with: what it gave is let go, and there is room for another one. */
  synchronized void leave(@Nullable CommandResult result) {
    open--;
    bytes -= size(result);
    notifyAll();
  }
}
