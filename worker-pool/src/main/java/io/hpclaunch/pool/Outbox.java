// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.amqp.Publisher;
import io.hpclaunch.pool.wire.Code;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.Task;
import io.hpclaunch.pool.wire.TaskMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Puts tasks into messages. One that comes alone goes alone and at once; where many wait, they go
 * together, but never so many that slots stay empty while others have a whole message before them.
 * Who hands over faster than the broker takes is held back.
 */
final class Outbox implements AutoCloseable {
  private static final int MOST_WAITING = 10_000;
  private static final long MOST_BYTES = 16L * 1024 * 1024;

  /** So many messages for each slot, that those done early find more. */
  private static final int MESSAGES_PER_SLOT = 4;

  private final Publisher publisher;
  private final Confirmed confirmed;
  private final int most;
  private final int slots;
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private final Thread thread = new Thread(this::run, "tasks");
  private long bytes;
  private boolean isClosed;

  /** A task on its way out; {@code most} of its kind may go in one message, 0: as many as fit. */
  record Entry(String queue, String batch, Code code, Task task, int most) {
    boolean goesWith(Entry other) {
      return queue.equals(other.queue()) && batch.equals(other.batch());
    }

    int size() {
      return 64 + (task.input() instanceof Payload.Inline inline ? inline.bytes().length : 0);
    }
  }

  /** Told of what the broker has. */
  interface Confirmed {
    /** These, on a thread that must not wait. */
    void accept(String batch, List<Integer> tasks);
  }

  Outbox(Publisher publisher, Confirmed confirmed, int most, int slots) {
    this.publisher = publisher;
    this.confirmed = confirmed;
    this.most = most;
    this.slots = Math.max(1, slots);
  }

  void start() {
    thread.setDaemon(true);
    thread.start();
  }

  synchronized void add(Entry entry) throws InterruptedException {
    while (!isClosed && (waiting.size() >= MOST_WAITING || bytes > MOST_BYTES)) {
      wait();
    }
    if (isClosed) {
      throw new IllegalStateException("the pool is closed");
    }
    waiting.add(entry);
    bytes += entry.size();
    notifyAll();
  }

  /** How many of a map go in one message. */
  int share(int tasks) {
    return Math.max(1, Math.min(most, tasks / (MESSAGES_PER_SLOT * slots)));
  }

  private void run() {
    try {
      for (List<Entry> taken = take(); !taken.isEmpty(); taken = take()) {
        byte[] body = message(taken).encode();
        String batch = taken.get(0).batch();
        List<Integer> tasks = taken.stream().map(entry -> entry.task().index()).toList();
        publisher.publish(new Publisher.Outgoing(
            taken.get(0).queue(), body, () -> confirmed.accept(batch, tasks)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** The next message's; empty when the outbox is closed. */
  private synchronized List<Entry> take() throws InterruptedException {
    while (waiting.isEmpty() && !isClosed) {
      wait();
    }
    List<Entry> taken = new ArrayList<>();
    int size = 0;
    int limit = 1;
    for (Entry next = waiting.peek(); next != null; next = waiting.peek()) {
      if (taken.isEmpty()) {
        limit = next.most() == 0 ? share(waiting.size()) : Math.min(most, next.most());
      }
      boolean isOther = !taken.isEmpty() && !taken.get(0).goesWith(next);
      if (taken.size() >= limit || isOther || (size > MOST_BYTES / 16 && !taken.isEmpty())) {
        break;
      }
      waiting.remove();
      size += next.size();
      taken.add(next);
    }
    bytes -= size;
    notifyAll();
    return taken;
  }

  private static TaskMessage message(List<Entry> entries) {
    IdentityHashMap<Code, Integer> numbers = new IdentityHashMap<>();
    List<Code> codes = new ArrayList<>();
    List<Task> tasks = new ArrayList<>();
    for (Entry entry : entries) {
      int number = numbers.computeIfAbsent(entry.code(), code -> {
        codes.add(code);
        return codes.size() - 1;
      });
      tasks.add(entry.task().withCode(number));
    }
    return new TaskMessage(entries.get(0).batch(), codes, tasks);
  }

  /** Takes no more, and waits until all is on its way; whether that came in time. */
  boolean flush(Duration limit) throws InterruptedException {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    thread.join(Math.max(1, limit.toMillis()));
    return !thread.isAlive();
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    notifyAll();
    thread.interrupt();
  }
}
