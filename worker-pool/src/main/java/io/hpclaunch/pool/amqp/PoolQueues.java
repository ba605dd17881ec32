// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The queues and exchanges of one pool.
 *
 * @param pool the pool's id, which no other pool at this broker has
 */
public record PoolQueues(String pool) {
  private static final String PREFIX = "hpc-launch.";

  /** A message with tasks is with its worker until they have ended. */
  private static final Duration LONGEST_TASK = Duration.ofDays(366);

  /** How long results wait for a client that never comes, where the broker can be told. */
  public static final Duration RESULTS_KEPT = Duration.ofDays(7);

  /**
   * Tasks that nobody has begun.
   *
   * @return the queue's name
   */
  public String tasks() {
    return PREFIX + pool + ".tasks";
  }

  /**
   * Tasks whose worker went away while it held them, once, one in a message.
   *
   * @return the queue's name
   */
  public String returned() {
    return PREFIX + pool + ".returned";
  }

  /**
   * Tasks of which two workers died, one in a message: each is run alone, so that a third death is
   * no other task's doing.
   *
   * @return the queue's name
   */
  public String suspects() {
    return PREFIX + pool + ".suspects";
  }

  /**
   * Tasks that take in what others give.
   *
   * @return the queue's name
   */
  public String reducers() {
    return PREFIX + pool + ".reducers";
  }

  /**
   * What all workers are told.
   *
   * @return the exchange's name
   */
  public String orders() {
    return PREFIX + pool + ".orders";
  }

  /**
   * What workers say of themselves.
   *
   * @return the exchange's name
   */
  public String reports() {
    return PREFIX + pool + ".reports";
  }

  /**
   * Results of a batch.
   *
   * @param batch its id
   * @return the queue's name
   */
  public String results(String batch) {
    return PREFIX + pool + ".results." + batch;
  }

  /**
   * What a reducer of a batch takes in.
   *
   * @param batch its id
   * @return the queue's name
   */
  public String inputs(String batch) {
    return PREFIX + pool + ".inputs." + batch;
  }

  /**
   * Makes what all sides use; nothing is done where it is there.
   *
   * @param channel to the broker
   * @throws IOException when the broker refuses, or is away
   */
  public void declare(Channel channel) throws IOException {
    Map<String, Object> patience = patience(channel);
    channel.queueDeclare(tasks(), true, false, false, patience);
    channel.queueDeclare(returned(), true, false, false, patience);
    channel.queueDeclare(suspects(), true, false, false, patience);
    channel.queueDeclare(reducers(), true, false, false, patience);
    channel.exchangeDeclare(orders(), "fanout", true);
    channel.exchangeDeclare(reports(), "fanout", true);
  }

  /**
   * Hears what is said to all, from now on and as long as the channel is open.
   *
   * @param channel to the broker
   * @param exchange {@link #orders} or {@link #reports}
   * @param hearer given what is said, on a thread of the connection
   * @throws IOException when the broker refuses, or is away
   */
  public void hear(Channel channel, String exchange, Consumer<byte[]> hearer) throws IOException {
    String queue = channel.queueDeclare().getQueue(); // ours alone, and gone with the connection
    channel.queueBind(queue, exchange, "");
    channel.basicConsume(queue, true, new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
        hearer.accept(body);
      }
    });
  }

  /**
   * Makes the queue of a batch's results; nothing is done where it is there.
   *
   * @param channel to the broker
   * @param batch the batch's id
   * @throws IOException when the broker refuses, or is away
   */
  public void declareResults(Channel channel, String batch) throws IOException {
    channel.queueDeclare(results(batch), true, false, false, expiry(channel));
  }

  /**
   * Whether the broker has the queue of a batch's results.
   *
   * @param connection to the broker
   * @param batch the batch's id
   * @return false where it never was made, or is removed
   * @throws IOException when the broker is away
   */
  public boolean hasResults(Connection connection, String batch) throws IOException {
    Channel channel = connection.createChannel(); // which the broker closes where there is none
    try {
      channel.queueDeclarePassive(results(batch));
      channel.abort();
      return true;
    } catch (IOException e) {
      if (e.getCause() instanceof ShutdownSignalException signal
          && signal.getReason() instanceof AMQP.Channel.Close close
          && close.getReplyCode() == AMQP.NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Removes the queue of a batch's results, with all that is in it; does nothing where there is
   * none. What is sent there later is dropped.
   *
   * @param channel to the broker
   * @param batch the batch's id
   * @throws IOException when the broker refuses, or is away
   */
  public void deleteResults(Channel channel, String batch) throws IOException {
    if (!isRabbit(channel)) { // others close the channel where there is no such queue
      declareResults(channel, batch);
    }
    channel.queueDelete(results(batch));
  }

  /**
   * Makes the queue of a reducer's input; nothing is done where it is there.
   *
   * @param channel to the broker
   * @param batch the batch's id
   * @throws IOException when the broker refuses, or is away
   */
  public void declareInputs(Channel channel, String batch) throws IOException {
    Map<String, Object> arguments = new HashMap<>(patience(channel));
    arguments.putAll(expiry(channel));
    channel.queueDeclare(inputs(batch), true, false, false, arguments);
  }

  /** RabbitMQ removes a queue that nobody used. */
  private static Map<String, Object> expiry(Channel channel) {
    return isRabbit(channel) ? Map.of("x-expires", RESULTS_KEPT.toMillis()) : Map.of();
  }

  /**
   * RabbitMQ takes a message away from who holds it for half an hour; since 3.12 a queue can say
   * that its messages are long tasks.
   */
  private static Map<String, Object> patience(Channel channel) {
    return isRabbit(channel) ? Map.of("x-consumer-timeout", LONGEST_TASK.toMillis()) : Map.of();
  }

  /** Others refuse an argument that they don't know. */
  private static boolean isRabbit(Channel channel) {
    Object product = channel.getConnection().getServerProperties().get("product");
    return "RabbitMQ".equals(String.valueOf(product));
  }

  /**
   * Removes all of the pool's, but results.
   *
   * @param channel to the broker
   * @throws IOException when the broker refuses, or is away
   */
  public void delete(Channel channel) throws IOException {
    channel.queueDelete(tasks());
    channel.queueDelete(returned());
    channel.queueDelete(suspects());
    channel.queueDelete(reducers());
    channel.exchangeDelete(orders());
    channel.exchangeDelete(reports());
  }
}
