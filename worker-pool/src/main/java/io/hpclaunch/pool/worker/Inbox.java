// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.hpclaunch.pool.amqp.BrokerSession;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * One queue of tasks, as a worker takes from it: so many messages at once, and no more before one
 * of them is settled. Made anew with each connection.
 */
final class Inbox {
  /** Takes a message. */
  interface Receiver {
    /**
     * A message came.
     *
     * @param channel which one, for the acknowledgement
     * @param tag its number there
     * @param isRedelivered whether somebody had it before
     * @param body its bytes
     * @throws InterruptedException when the worker ends
     */
    void receive(Channel channel, long tag, boolean isRedelivered, byte[] body)
        throws InterruptedException;
  }

  private final String queue;
  private final Receiver receiver;
  private final Channel channel;
  private int prefetch;
  private @Nullable String consumer;

  Inbox(Connection connection, String queue, int prefetch, Receiver receiver) throws IOException {
    this.queue = queue;
    this.receiver = receiver;
    this.prefetch = prefetch;
    this.channel = BrokerSession.channel(connection);
    consume();
  }

  private void consume() throws IOException {
    synchronized (this) {
      channel.basicQos(prefetch);
      consumer = channel.basicConsume(queue, false, new DefaultConsumer(channel) {
        @Override
        public void handleDelivery(
            String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
            throws IOException {
          try {
            receiver.receive(channel, envelope.getDeliveryTag(), envelope.isRedeliver(), body);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
      });
    }
  }

  /** Takes another number of messages at once. A limit holds for a consumer from its beginning. */
  void prefetch(int messages) throws IOException {
    synchronized (this) {
      if (messages == prefetch || consumer == null) {
        return;
      }
      prefetch = messages;
      stop();
      consume();
    }
  }

  /** Takes no more; what it has stays its own. */
  void stop() throws IOException {
    synchronized (this) {
      if (consumer != null) {
        channel.basicCancel(consumer);
        consumer = null;
      }
    }
  }
}
