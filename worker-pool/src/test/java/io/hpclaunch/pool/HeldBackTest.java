// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.pool.amqp.BrokerAddress;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who hands over faster than the broker takes. */
@Timeout(60)
final class HeldBackTest {
  private static final int MANY = 1_000_000;

  @TempDir
  Path folder;

  @Test
  void aProducerWaitsForItsBroker() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        PoolUnderTest underTest = PoolUnderTest.unkept(
            new BrokerAddress(
                "127.0.0.1", silent.getLocalPort(), "/", "u", "p", new BrokerAddress.NoTls()),
            folder,
            2)) {
      AtomicInteger taken = new AtomicInteger();
      Thread[] producer = new Thread[1];
      CompletableFuture<Void> handingOver = CompletableFuture.runAsync(() -> {
        producer[0] = Thread.currentThread();
        Batch<Integer> unused = underTest.pool().map(i -> i, counted(taken));
      });
      Awaitility.await()
          .during(Duration.ofMillis(500))
          .until(() -> taken.get() > 0 && isHeld(producer[0], taken));
      assertThat(taken.get()).isLessThan(MANY / 20);
      underTest.pool().close();
      Assertions.assertThatThrownBy(() -> handingOver.get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasMessageContaining("the pool is closed");
    }
  }

  /** It waits, and has not taken another one meanwhile. */
  private static boolean isHeld(Thread producer, AtomicInteger taken) {
    int before = taken.get();
    return producer.getState() == Thread.State.WAITING && taken.get() == before;
  }

  private static AbstractCollection<Integer> counted(AtomicInteger taken) {
    return new AbstractCollection<>() {
      @Override
      public Iterator<Integer> iterator() {
        return IntStream.range(0, MANY).peek(i -> taken.incrementAndGet()).iterator();
      }

      @Override
      public int size() {
        return MANY;
      }
    };
  }
}
