// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.TaskResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The tasks that a worker has, and which of them run. A task runs as soon as what it takes is free;
 * one that does not fit holds up those behind it, so that none waits for ever. Who ends a task
 * takes the next one on the same thread. Safe for use by several threads.
 */
final class Board {
  /** Below this, the way to the broker counts: more is fetched ahead. */
  private static final Duration SHORT = Duration.ofMillis(20);

  /** How many cancelled batches and tasks are remembered that may still arrive. */
  private static final int CANCELLED_KEPT = 100_000;

  private final Shares shares;
  private final Executor threads;
  private final Function<Held, @Nullable TaskResult> runner;
  private final BiConsumer<Held, TaskResult> ended;
  private final Map<Held.Key, Held> held = new HashMap<>();
  private final Deque<Held> waiting = new ArrayDeque<>();
  private final Set<Held> running = new HashSet<>();
  private final Set<Held> leaving = new HashSet<>();
  private final Set<Held.Key> cancelledTasks = new LinkedHashSet<>();
  private final Set<String> cancelledBatches = new LinkedHashSet<>();
  private boolean isClosed;
  private int returning;
  private double cpusTask;
  private double meanNanos = SHORT.toNanos() * 10.0;
  private long done;
  private long lastActive = System.nanoTime();

  /**
   * Makes a board.
   *
   * @param cpusTask what a task takes, as long as none has come that says else
   * @param runner runs a task to its end; null where it has no result, as it goes elsewhere
   * @param ended takes each result
   */
  Board(
      Shares shares,
      double cpusTask,
      Executor threads,
      Function<Held, @Nullable TaskResult> runner,
      BiConsumer<Held, TaskResult> ended) {
    this.shares = shares;
    this.cpusTask = cpusTask;
    this.threads = threads;
    this.runner = runner;
    this.ended = ended;
  }

  /** A task that is here already gets its new delivery; null where it is not here. */
  synchronized @Nullable Held find(Held.Key key) {
    return held.get(key);
  }

  /** Takes tasks in. */
  synchronized void add(List<Held> tasks) {
    lastActive = System.nanoTime();
    for (Held task : tasks) {
      held.put(task.key(), task);
      cpusTask = task.task().cpus();
      if (cancelledBatches.contains(task.key().batch()) || cancelledTasks.remove(task.key())) {
        task.cancel();
      }
      waiting.add(task);
    }
    startOthers();
  }

  private void startOthers() {
    for (Held next = next(); next != null; next = next()) {
      Held first = next;
      threads.execute(() -> work(first));
    }
  }

  /** Those that wait and can run now, one by one. */
  private @Nullable Held next() {
    Held first = waiting.peek();
    if (first == null || isClosed) {
      return null;
    }
    boolean isRun = !canEnd(first);
    if (isRun && (returning > 0 || !isFree(first))) {
      return null;
    }
    waiting.remove();
    running.add(first);
    first.share(isRun ? take(first) : shares.take(0, 0));
    return first;
  }

  private boolean isFree(Held task) {
    return task.task().isSuspect()
        ? shares.isFree(shares.cpus(), shares.gpus())
        : shares.isFree(task.task().cpus(), task.task().gpus());
  }

  /** A suspect takes all there is. */
  private Shares.Share take(Held task) {
    return task.task().isSuspect()
        ? shares.take(shares.cpus(), shares.gpus())
        : shares.take(task.task().cpus(), task.task().gpus());
  }

  /** A task that runs waits for others, and takes nothing meanwhile. */
  synchronized void leave(Held task) {
    shares.giveBack(task.share());
    task.share(shares.take(0, 0));
    startOthers();
    notifyAll();
  }

  /** It goes on, before those that have not begun. */
  synchronized void enter(Held task) throws InterruptedException {
    returning++;
    try {
      while (!isFree(task)) {
        wait();
      }
      task.share(take(task));
    } finally {
      returning--;
      startOthers();
    }
  }

  /** It is not run, but told to have ended. */
  private boolean canEnd(Held task) {
    return task.isCancelled()
        || !shares.canEverHold(task.task().cpus(), task.task().gpus());
  }

  private void work(Held first) {
    Held task = first;
    while (task != null) {
      task.begun(Thread.currentThread());
      TaskResult result = runner.apply(task);
      task.ended();
      Thread.interrupted(); // a cancel that came late is not the next task's
      Held next = finish(task, result);
      if (result != null) {
        ended.accept(task, result);
      }
      task = next;
    }
  }

  private synchronized @Nullable Held finish(Held task, @Nullable TaskResult result) {
    shares.giveBack(task.share());
    running.remove(task);
    lastActive = System.nanoTime();
    if (result != null) {
      done++;
      meanNanos += (result.elapsed().toNanos() - meanNanos) / 16;
    }
    notifyAll();
    Held next = next();
    startOthers();
    return next;
  }

  /**
   * A task is on its way to somebody, this worker perhaps, before the broker has confirmed it: a
   * delivery of it from now on is not the one that is here.
   */
  synchronized void handOver(Held task) {
    held.remove(task.key(), task);
    leaving.add(task);
  }

  /** The broker has what became of a task. */
  void forget(Held task) {
    task.settle(); // before anybody hears that nothing is held, and closes the connection
    synchronized (this) {
      held.remove(task.key(), task);
      leaving.remove(task);
      lastActive = System.nanoTime();
      notifyAll();
    }
  }

  /** Takes a wish not to run something, also of tasks that are not here yet. */
  synchronized void cancel(Order.Cancel order) {
    List<Held> hit = new ArrayList<>();
    for (Held task : held.values()) {
      boolean isMeant = task.key().batch().equals(order.batch())
          && (order.tasks().isEmpty() || order.tasks().contains(task.key().index()));
      if (isMeant) {
        hit.add(task);
      }
    }
    if (order.tasks().isEmpty()) {
      remember(cancelledBatches, order.batch());
    }
    for (int index : order.tasks()) {
      remember(cancelledTasks, new Held.Key(order.batch(), index));
    }
    for (Held task : hit) {
      task.cancel();
    }
  }

  private static <T> void remember(Set<T> set, T value) {
    set.add(value);
    if (set.size() > CANCELLED_KEPT) {
      set.remove(set.iterator().next());
    }
  }

  /**
   * The connection is lost: what was not begun belongs to the broker again, which gives it to
   * somebody.
   */
  synchronized void dropWaiting() {
    for (Held task : waiting) {
      held.remove(task.key(), task);
    }
    waiting.clear();
  }

  /** Begins nothing more, and gives out what was not begun. */
  synchronized List<Held> close() {
    isClosed = true;
    List<Held> left = List.copyOf(waiting);
    waiting.clear();
    return left;
  }

  /** Waits until nothing is held; whether that came in time. */
  boolean awaitEmpty(Duration limit) throws InterruptedException {
    return await(() -> held.isEmpty() && leaving.isEmpty(), limit);
  }

  /** Waits until nothing runs whose end has not been told; whether that came in time. */
  boolean awaitStill(Duration limit) throws InterruptedException {
    return await(() -> running.stream().allMatch(Held::isTold), limit);
  }

  private synchronized boolean await(BooleanSupplier condition, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Those that run. */
  synchronized List<Held> running() {
    return List.copyOf(running);
  }

  synchronized int runningCount() {
    return running.size();
  }

  synchronized int waitingCount() {
    return waiting.size();
  }

  synchronized long done() {
    return done;
  }

  /** Whether tasks are so short that some should lie ready. */
  synchronized boolean isShort() {
    return meanNanos < SHORT.toNanos();
  }

  /** How many tasks run at once that take as much as the last one that came. */
  synchronized int slots() {
    return shares.slots(cpusTask);
  }

  /** For how long there has been nothing to do. */
  synchronized Duration idle() {
    return held.isEmpty() ? Duration.ofNanos(System.nanoTime() - lastActive) : Duration.ZERO;
  }
}
