// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One message from the broker, which keeps it for somebody else until all of its tasks are settled:
 * until the broker has their results, or has them as other messages.
 */
final class Delivery {
  private final Channel channel;
  private final long tag;
  private final AtomicInteger open;

  Delivery(Channel channel, long tag, int tasks) {
    this.channel = channel;
    this.tag = tag;
    this.open = new AtomicInteger(tasks);
  }

  /** One of its tasks is settled. */
  void settle() {
    if (open.decrementAndGet() == 0) {
      acknowledge();
    }
  }

  /**
   * The tag means nothing on another channel: then the broker has given the message to somebody.
   */
  private void acknowledge() {
    try {
      synchronized (channel) {
        if (channel.isOpen()) {
          channel.basicAck(tag, false);
        }
      }
    } catch (IOException | RuntimeException e) {
      // The connection is lost, and the broker gives the message away again: results of tasks that
      // ran twice are told apart by the client.
      return;
    }
  }
}
