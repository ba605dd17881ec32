// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A task that this worker has, from its delivery until the broker has its result. */
final class Held {
  /** Which task. */
  record Key(String batch, int index) {}

  private final Key key;
  private final Code code;
  private final Task task;
  private final List<Delivery> deliveries = new ArrayList<>(1);
  private Shares.@Nullable Share share;
  private @Nullable Thread runner;
  private @Nullable Runnable stop;
  private @Nullable Runnable afterwards;
  private boolean isSettled;
  private boolean givenBack;
  private boolean told;
  private Instant started = Instant.EPOCH;
  private long begun;
  private boolean cancelled;

  Held(String batch, Code code, Task task, Delivery delivery) {
    this.key = new Key(batch, task.index());
    this.code = code;
    this.task = task;
    this.deliveries.add(delivery);
  }

  Key key() {
    return key;
  }

  Code code() {
    return code;
  }

  Task task() {
    return task;
  }

  /** The broker gave it again, after a connection was lost. */
  synchronized void deliveredAgain(Delivery delivery) {
    if (isSettled) {
      delivery.settle();
    } else {
      deliveries.add(delivery);
    }
  }

  /** The broker has what became of it. */
  void settle() {
    Runnable then;
    synchronized (this) {
      isSettled = true;
      deliveries.forEach(Delivery::settle);
      deliveries.clear();
      then = afterwards;
    }
    if (then != null) {
      then.run();
    }
  }

  /** What is done when the broker has what became of it; it must not wait. */
  synchronized void afterwards(Runnable action) {
    afterwards = action;
  }

  /** From now on a cancel is for this thread. */
  synchronized void begun(Thread thread) {
    runner = thread;
    started = Instant.now();
    begun = System.nanoTime();
  }

  /** When it was begun. */
  synchronized Instant started() {
    return started;
  }

  /** For how long it has run. */
  synchronized Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** What became of it is about to be told; false where that was said before. */
  synchronized boolean tell() {
    boolean isFirst = !told;
    told = true;
    return isFirst;
  }

  /** Whether what became of it was told, though it may run on. */
  synchronized boolean isTold() {
    return told;
  }

  /** Whether it has called {@link System#exit}, from which no thread returns. */
  synchronized boolean isExiting() {
    return runner != null && isExiting(runner.getStackTrace());
  }

  static boolean isExiting(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(at -> at.getClassName().equals(Runtime.class.getName())
            && at.getMethodName().equals("exit"));
  }

  /** The thread that ran it is another task's now. */
  synchronized void ended() {
    runner = null;
    stop = null;
  }

  /** What it holds from now on. */
  synchronized void share(Shares.Share given) {
    share = given;
  }

  synchronized Shares.Share share() {
    return share == null ? new Shares.Share(0, List.of()) : share;
  }

  /** How it is ended before its time; at once where it was cancelled meanwhile. */
  synchronized void stoppedBy(Runnable action) {
    stop = action;
    if (cancelled) {
      action.run();
    }
  }

  /** Another worker, or this one, begins it again; false where that was said before. */
  synchronized boolean giveBack() {
    boolean isFirst = !givenBack;
    givenBack = true;
    return isFirst;
  }

  synchronized boolean isGivenBack() {
    return givenBack;
  }

  /** Nobody wants it any more. */
  synchronized void cancel() {
    cancelled = true;
    if (stop != null) {
      stop.run();
    } else if (runner != null) {
      runner.interrupt();
    }
  }

  synchronized boolean isCancelled() {
    return cancelled;
  }
}
