// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.TaskResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A batch whose results are taken in: each task's once, however often one arrives. */
final class OpenBatch<T extends @Nullable Object> {
  private final Batch<T> batch;
  private final @Nullable ResultReader<T> reader;
  private final Map<Integer, ResultReader<T>> own = new ConcurrentHashMap<>();
  private final List<Integer> cancelledTasks = new ArrayList<>();
  private volatile @Nullable Relay relay;
  private boolean isCancelled;
  private long repeated;

  /**
   * Makes an empty batch.
   *
   * @param reader reads all results; null: each task has a reader of its own, and is forgotten when
   *     it has ended
   */
  OpenBatch(Batch<T> batch, @Nullable ResultReader<T> reader) {
    this.batch = batch;
    this.reader = reader;
  }

  /** Takes somebody who is handed each result before its future has it, perhaps more than once. */
  void relay(Relay given) {
    relay = given;
  }

  /** Hands results on. */
  interface Relay {
    void accept(TaskResult result) throws InterruptedException;
  }

  /** A new task of a batch whose tasks have readers of their own. */
  TaskFuture<T> next(ResultReader<T> its) {
    TaskFuture<T> future = batch.next();
    own.put(future.index(), its);
    return future;
  }

  String id() {
    return batch.id();
  }

  Batch<T> batch() {
    return batch;
  }

  /**
   * A result arrived, perhaps not for the first time.
   *
   * @param worker whose it is
   * @param host where that runs, or null
   */
  void take(TaskResult result, String worker, @Nullable String host) {
    TaskFuture<T> future = batch.find(result.index());
    if (future == null || future.isDone()) {
      countRepeated();
      return;
    }
    future.ran(new TaskRun(worker, host, result.started(), result.elapsed(), result.attempt()));
    boolean isNews;
    if (result.outcome() == Outcome.CANCELLED) {
      isNews = future.giveUp();
    } else {
      isNews = complete(future, result);
    }
    if (!isNews) {
      countRepeated();
    }
    if (reader == null) {
      own.remove(result.index());
      batch.forget(result.index());
    }
  }

  private boolean complete(TaskFuture<T> future, TaskResult result) {
    T value;
    try {
      if (relay != null && !result.isFailure()) {
        relay.accept(result);
      }
      ResultReader<T> its = reader == null ? own.get(result.index()) : reader;
      if (its == null) {
        return false;
      }
      if (result.isFailure()) {
        return future.fail(its.failure(result));
      }
      value = its.read(result);
    } catch (Exception | LinkageError e) {
      return future.fail(new TaskException(
          TaskException.Reason.UNREADABLE,
          "the result of task " + result.index() + " cannot be read: " + e.getMessage(),
          "",
          e));
    }
    return future.end(value);
  }

  private synchronized void countRepeated() {
    repeated++;
  }

  /** How many results arrived that had been there before, or that nobody waited for. */
  synchronized long repeated() {
    return repeated;
  }

  /** These are not wanted any more; none: all of them. */
  synchronized void remember(List<Integer> tasks) {
    isCancelled |= tasks.isEmpty();
    cancelledTasks.addAll(tasks);
  }

  /** What a worker has to be told that comes now, or null. */
  synchronized Order.@Nullable Cancel cancelled() {
    if (isCancelled) {
      return new Order.Cancel(id(), List.of());
    }
    return cancelledTasks.isEmpty() ? null : new Order.Cancel(id(), cancelledTasks);
  }
}
