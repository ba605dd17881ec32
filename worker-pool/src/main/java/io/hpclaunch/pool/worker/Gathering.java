// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.ReduceInput;
import io.hpclaunch.pool.wire.ResultMessage;
import io.hpclaunch.pool.wire.TaskResult;
import io.hpclaunch.pool.wire.WireException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The results of a batch, as its reducer takes them in: by their index, each once. The broker keeps
 * them until the reducer has ended, so that the next worker finds them all when this one dies.
 */
final class Gathering {
  private final ReduceInput wanted;
  private final PoolQueues queues;
  private final Map<Integer, Payload> arrived = new HashMap<>();
  private @Nullable Channel channel;

  Gathering(ReduceInput wanted, PoolQueues queues) {
    this.wanted = wanted;
    this.queues = queues;
  }

  /** Begins, or begins anew: what came over a lost connection comes again. */
  void connected(Connection connection) throws IOException {
    Channel made = BrokerSession.channel(connection);
    queues.declareInputs(made, wanted.batch());
    synchronized (this) {
      channel = made;
    }
    made.basicConsume(queues.inputs(wanted.batch()), false, new DefaultConsumer(made) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        take(body);
      }
    });
  }

  private synchronized void take(byte[] body) {
    try {
      for (TaskResult result : ResultMessage.decode(body).results()) {
        arrived.putIfAbsent(result.index(), result.value());
      }
    } catch (WireException e) {
      WorkerLog.say("an input of a reducer was passed over: " + e.getMessage());
    }
    notifyAll();
  }

  int size() {
    return wanted.tasks();
  }

  /** A result, or null when it has not come yet; it is given once. */
  synchronized @Nullable Payload poll(int index) {
    return arrived.remove(index);
  }

  /** Waits for a result, and gives it once. */
  synchronized Payload take(int index) throws InterruptedException {
    Payload found = arrived.remove(index);
    while (found == null) {
      wait();
      found = arrived.remove(index);
    }
    return found;
  }

  /** The reducer is begun again, perhaps elsewhere: the broker gives all to whoever asks next. */
  void release() {
    Channel open;
    synchronized (this) {
      open = channel;
    }
    try {
      if (open != null) {
        open.abort();
      }
    } catch (IOException | RuntimeException e) {
      return; // lost, which is the same
    }
  }

  /** The reducer has ended, and its result is with the broker: nobody needs these any more. */
  void done() {
    Channel open;
    synchronized (this) {
      open = channel;
    }
    try {
      if (open != null && open.isOpen()) {
        open.queueDelete(queues.inputs(wanted.batch()));
        open.abort();
      }
    } catch (IOException | RuntimeException e) {
      return; // lost: the queue expires
    }
  }
}
