// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmCallback;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages that must not be lost: each is kept until the broker has confirmed that it has it,
 * and is sent again over the next connection where it did not. A message may so arrive twice. Who
 * sends faster than the broker confirms is held back. Safe for use by several threads.
 */
public final class Publisher {
  /** What may be unconfirmed: some messages in flight hide the way to the broker and back. */
  private static final int MOST_MESSAGES = 256;

  private static final int MOST_BYTES = 16 * 1024 * 1024;

  private final ConcurrentNavigableMap<Long, Outgoing> unconfirmed = new ConcurrentSkipListMap<>();
  private final List<Outgoing> unsent = new ArrayList<>();
  private final Semaphore messages = new Semaphore(MOST_MESSAGES, true);
  private final Semaphore bytes = new Semaphore(MOST_BYTES, true);
  private final Object writing = new Object();
  private @Nullable Channel channel;

  /**
   * A message.
   *
   * @param queue where it goes
   * @param body its bytes, not changed by anybody
   * @param confirmed run when the broker has it, on a thread of the connection: it must not wait
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  public record Outgoing(String queue, byte[] body, Runnable confirmed) {
    private int weight() {
      return Math.min(MOST_BYTES, body.length);
    }
  }

  /** Makes a publisher that has no connection yet. */
  public Publisher() {}

  /**
   * Takes a new connection, and sends again what was not confirmed over the last one.
   *
   * @param connection lives until it is lost
   * @throws IOException when it was lost again
   */
  public void connected(Connection connection) throws IOException {
    Channel made = BrokerSession.channel(connection);
    made.confirmSelect();
    ConfirmCallback refused = (tag, multiple) -> made.abort();
    made.addConfirmListener(this::confirm, refused);
    synchronized (writing) {
      unsent.addAll(0, unconfirmed.values());
      unconfirmed.clear();
      channel = made;
      List<Outgoing> again = List.copyOf(unsent);
      unsent.clear();
      for (Outgoing each : again) {
        send(made, each);
      }
    }
  }

  /** The connection is gone. */
  public void lost() {
    synchronized (writing) {
      channel = null;
    }
  }

  /**
   * Sends a message, now or when there is a connection again. Waits while too much is on its way.
   *
   * @param message the message
   * @throws InterruptedException when the thread is interrupted; nothing was sent
   */
  public void publish(Outgoing message) throws InterruptedException {
    bytes.acquire(message.weight());
    try {
      messages.acquire();
    } catch (InterruptedException e) {
      bytes.release(message.weight());
      throw e;
    }
    synchronized (writing) {
      if (channel == null) {
        unsent.add(message);
      } else {
        trySend(channel, message);
      }
    }
  }

  /**
   * Waits until the broker has all that was sent.
   *
   * @param limit the longest wait
   * @return whether it has
   * @throws InterruptedException when the thread is interrupted
   */
  public boolean awaitConfirmed(Duration limit) throws InterruptedException {
    boolean hasAll = messages.tryAcquire(MOST_MESSAGES, limit.toNanos(), TimeUnit.NANOSECONDS);
    if (hasAll) {
      messages.release(MOST_MESSAGES);
    }
    return hasAll;
  }

  /** A connection that was just lost keeps the message among the unconfirmed. */
  private void trySend(Channel open, Outgoing message) {
    try {
      send(open, message);
    } catch (IOException | RuntimeException e) { // AlreadyClosedException is a runtime one
      channel = null;
    }
  }

  private void send(Channel open, Outgoing message) throws IOException {
    unconfirmed.put(open.getNextPublishSeqNo(), message);
    open.basicPublish("", message.queue(), MessageProperties.PERSISTENT_BASIC, message.body());
  }

  /** Takes no lock: the thread that writes may wait for the broker, which waits for this one. */
  private void confirm(long tag, boolean multiple) {
    if (!multiple) {
      settle(unconfirmed.remove(tag));
      return;
    }
    ConcurrentNavigableMap<Long, Outgoing> confirmed = unconfirmed.headMap(tag, true);
    for (Long each : confirmed.keySet()) {
      settle(unconfirmed.remove(each));
    }
  }

  private void settle(@Nullable Outgoing message) {
    if (message != null) {
      message.confirmed().run();
      bytes.release(message.weight());
      messages.release();
    }
  }
}
