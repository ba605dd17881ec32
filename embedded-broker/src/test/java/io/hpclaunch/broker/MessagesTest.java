// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.hpclaunch.core.broker.RunningBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What it does with messages, large, many, and too many. */
@Timeout(240)
class MessagesTest {
  private static final String QUEUE = "q";
  private static final int MEGABYTE = 1 << 20;

  @TempDir
  private Path folder;

  private RunningBroker broker;
  private Connection connection;
  private Channel channel;

  @BeforeEach
  void start() throws Exception {
    broker = new Site(folder).start(0);
    connection = Site.connect(broker);
    channel = connection.createChannel();
    channel.queueDeclare(QUEUE, true, false, false, null);
    channel.confirmSelect();
  }

  @AfterEach
  void end() {
    broker.close();
  }

  private void publish(byte[] body) throws IOException {
    channel.basicPublish("", QUEUE, MessageProperties.PERSISTENT_BASIC, body);
  }

  @Test
  void aLargeMessageComesBackByteForByte() throws Exception {
    byte[] body = new byte[10 * MEGABYTE];
    new Random(1).nextBytes(body);
    publish(body);
    channel.waitForConfirmsOrDie(60_000);
    GetResponse got = channel.basicGet(QUEUE, true);
    assertThat(got.getBody()).isEqualTo(body);
  }

  @Test
  void oneThatIsTooLargeEndsTheChannelAlone() throws Exception {
    assertThatThrownBy(() -> {
          publish(new byte[64 * MEGABYTE + 1]);
          channel.waitForConfirmsOrDie(60_000);
        })
        .hasStackTraceContaining("greater than allowed maximum");
    assertThat(channel.isOpen()).isFalse();
    assertThat(connection.createChannel().messageCount(QUEUE)).isZero();
  }

  @Test
  void manyAreConfirmedAndConsumedOnceEach() throws Exception {
    int count = 10_000;
    BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
    Channel consumer = connection.createChannel();
    consumer.basicQos(100);
    consumer.basicConsume(
        QUEUE,
        false,
        (tag, delivery) -> {
          seen.add(Integer.parseInt(new String(delivery.getBody(), StandardCharsets.US_ASCII)));
          consumer.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
    for (int i = 0; i < count; i++) {
      publish(("" + i).getBytes(StandardCharsets.US_ASCII));
    }
    channel.waitForConfirmsOrDie(60_000);
    BitSet each = new BitSet();
    for (int i = 0; i < count; i++) {
      Integer next = seen.poll(60, TimeUnit.SECONDS);
      assertThat(next).isNotNull();
      each.set(next);
    }
    assertThat(each.cardinality()).isEqualTo(count);
    assertThat(seen).isEmpty();
    await().until(() -> channel.messageCount(QUEUE) == 0);
  }

  @Test
  void whatAConsumerLeftUnacknowledgedComesAgain() throws Exception {
    publish("task".getBytes(StandardCharsets.US_ASCII));
    channel.waitForConfirmsOrDie(60_000);
    try (Connection worker = Site.connect(broker)) {
      assertThat(worker.createChannel().basicGet(QUEUE, false)).isNotNull();
      assertThat(channel.basicGet(QUEUE, false)).isNull();
    }
    GetResponse again = await().until(() -> channel.basicGet(QUEUE, true), got -> got != null);
    assertThat(again.getEnvelope().isRedeliver()).isTrue();
  }

  @Test
  void oneWithoutAQueueIsReturned() throws Exception {
    CompletableFuture<String> returned = new CompletableFuture<>();
    channel.addReturnListener(back -> returned.complete(back.getRoutingKey()));
    channel.basicPublish("", "nowhere", true, null, new byte[1]);
    assertThat(returned).succeedsWithin(Duration.ofSeconds(60)).isEqualTo("nowhere");
    assertThat(channel.isOpen()).isTrue();
  }

  /**
   * A queue may have a quarter of the direct memory, which is as large as the heap of the tests.
   */
  @Test
  void aFastProducerIsHeldBackUntilSomebodyConsumes() throws Exception {
    int many = 300;
    AtomicInteger sent = new AtomicInteger();
    Thread producer = new Thread(() -> {
      try {
        for (int i = 0; i < many; i++) {
          publish(new byte[MEGABYTE]);
          sent.incrementAndGet();
        }
      } catch (IOException | AlreadyClosedException e) {
        throw new IllegalStateException(e); // the number tells
      }
    });
    producer.start();
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() ->
            producer.getState() == Thread.State.WAITING && producerWaitsForTheBroker(producer));
    int held = sent.get();
    assertThat(held).isBetween(50, 250);
    CountDownLatch consumed = new CountDownLatch(many);
    connection
        .createChannel()
        .basicConsume(QUEUE, true, (tag, delivery) -> consumed.countDown(), tag -> {});
    assertThat(consumed.await(60, TimeUnit.SECONDS)).isTrue();
    producer.join();
    assertThat(sent).hasValue(many);
  }

  private static boolean producerWaitsForTheBroker(Thread producer) {
    for (StackTraceElement frame : producer.getStackTrace()) {
      if (frame.getMethodName().contains("ensureIsOpenAndUnblocked")
          || frame.getClassName().endsWith("AMQChannel")) {
        return true;
      }
    }
    return false;
  }
}
