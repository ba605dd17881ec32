// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import com.rabbitmq.client.Channel;
import io.hpclaunch.pool.journal.BatchContent;
import io.hpclaunch.pool.journal.BatchEntry;
import io.hpclaunch.pool.journal.BatchJournal;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A batch whose results are taken in: each task's once, however often one arrives. */
final class OpenBatch<T extends @Nullable Object> {
  private final Batch<T> batch;
  private final @Nullable ResultReader<T> reader;
  private final @Nullable BatchJournal journal;
  private final Map<Integer, ResultReader<T>> own = new ConcurrentHashMap<>();
  private final Set<String> allowed = new HashSet<>();
  private volatile @Nullable Relay relay;
  private @Nullable Channel channel;
  private boolean mustBeLookedFor;
  private boolean isClosed;
  private volatile boolean takesUnknown;

  /**
   * Makes an empty batch.
   *
   * @param reader reads all results; null: each task has a reader of its own, and is forgotten when
   *     it has ended
   * @param journal has what another client needs to go on, or null
   */
  OpenBatch(Batch<T> batch, @Nullable ResultReader<T> reader, @Nullable BatchJournal journal) {
    this.batch = batch;
    this.reader = reader;
    this.journal = journal;
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

  /** Whether its tasks are handed over one by one, by this client. */
  boolean isOneByOne() {
    return reader == null;
  }

  /** Results may be made of these, too. */
  synchronized void allow(List<String> patterns) {
    if (journal != null && allowed.addAll(patterns)) {
      journal.append(new BatchEntry.Allowed(patterns));
    }
  }

  /** The broker has these. */
  void handedOver(List<Integer> tasks) {
    if (journal != null) {
      journal.append(new BatchEntry.HandedOver(tasks));
    }
  }

  /** No more tasks come. */
  void whole() {
    if (journal != null) {
      journal.append(new BatchEntry.Whole(batch.size()));
    }
    batch.whole();
  }

  /** These are not wanted any more. */
  void givenUp(List<Integer> tasks) {
    if (journal != null && !tasks.isEmpty()) {
      journal.append(new BatchEntry.GivenUp(tasks));
    }
  }

  /** Takes over what another client knew; results that came to it are replayed. */
  void restore(BatchContent content, Replay results) throws IOException {
    int rest = content.whole().isPresent() ? content.whole().getAsInt() - content.tasks() : -1;
    lookedFor(false);
    takesUnknown = rest != 0;
    batch.missing(content.opened().isOneByOne() ? 0 : rest);
    content.known().stream().forEach(index -> {
      TaskFuture<T> unused = batch.at(index);
    });
    results.replay(body -> {
      ResultMessage message = ResultMessage.decode(body);
      message.results().forEach(result -> take(result, message.worker(), null));
    });
    content.givenUp().stream().forEach(index -> batch.at(index).giveUp());
    if (rest == 0) {
      batch.whole();
    }
  }

  /** Gives again what came once. */
  interface Replay {
    void replay(Consumer<byte[]> each) throws IOException;
  }

  /** Whether nobody has looked yet if the broker has the queue that another client made. */
  synchronized boolean mustBeLookedFor() {
    return mustBeLookedFor;
  }

  /** Somebody has, or has to. */
  synchronized void lookedFor(boolean isDone) {
    mustBeLookedFor = !isDone;
  }

  /** The broker has its results no more. */
  void lose(TaskException why) {
    batch.futures().forEach(future -> future.fail(why));
  }

  /** Where its results come from. */
  void comesFrom(Channel given) {
    Channel before;
    synchronized (this) {
      before = channel;
      channel = given;
    }
    try {
      if (before != null) {
        before.abort();
      }
    } catch (IOException e) {
      return; // its connection is lost
    }
  }

  /**
   * Nobody waits for results any more, and the journal says what it says.
   *
   * @return where results came from, to be closed by the caller; null: nowhere
   */
  @Nullable Channel close() {
    if (journal != null) {
      journal.close();
    }
    synchronized (this) {
      isClosed = true;
      Channel open = channel;
      channel = null;
      return open;
    }
  }

  /** Whether nobody waits for its results any more. */
  synchronized boolean isClosed() {
    return isClosed;
  }

  /** Shows that somebody waits for results. */
  void touch() {
    if (journal != null) {
      journal.touch();
    }
  }

  /**
   * Results arrived, perhaps not for the first time. When this has returned the broker may forget
   * them.
   *
   * @param message the results
   * @param body as they came
   * @param host where the worker runs that sent them, or null: it was not heard of
   */
  void take(ResultMessage message, byte[] body, @Nullable String host) {
    if (journal != null && message.results().stream().anyMatch(this::isNews)) {
      journal.append(new BatchEntry.Arrived(body));
    }
    message.results().forEach(result -> take(result, message.worker(), host));
  }

  private boolean isNews(TaskResult result) {
    TaskFuture<T> future = batch.find(result.index());
    return future == null ? takesUnknown : !future.isDone();
  }

  private void take(TaskResult result, String worker, @Nullable String host) {
    TaskFuture<T> future = find(result.index());
    if (future == null || future.isDone()) {
      return;
    }
    future.ran(new TaskRun(
        worker, host, result.started(), result.elapsed(), result.attempt() + result.deaths()));
    if (result.outcome() == Outcome.CANCELLED) {
      future.giveUp();
    } else {
      complete(future, result);
    }
    if (reader == null) {
      own.remove(result.index());
      batch.forget(result.index());
    }
  }

  /** The task, also one of another client's of which nobody knew that the broker had it. */
  private synchronized @Nullable TaskFuture<T> find(int index) {
    TaskFuture<T> known = batch.find(index);
    if (known != null || !takesUnknown || index < 0) {
      return known;
    }
    TaskFuture<T> found = batch.at(index);
    batch.found();
    return found;
  }

  private void complete(TaskFuture<T> future, TaskResult result) {
    T value;
    try {
      if (relay != null && !result.isFailure()) {
        relay.accept(result);
      }
      ResultReader<T> its = reader == null ? own.get(result.index()) : reader;
      if (its == null) {
        return;
      }
      if (result.isFailure()) {
        future.fail(its.failure(result));
        return;
      }
      value = its.read(result);
    } catch (Exception | LinkageError | OutOfMemoryError e) { // a result may be too large
      future.fail(new TaskException(
          TaskException.Reason.UNREADABLE,
          "the result of task " + result.index() + " cannot be read: " + e.getMessage(),
          "",
          e));
      return;
    }
    future.end(value);
  }
}
