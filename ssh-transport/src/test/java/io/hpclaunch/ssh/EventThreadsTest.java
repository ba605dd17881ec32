// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventThreadsTest {
  private final EventThreads threads = EventThreads.start(1, "event-threads-test");

  @Test
  void anEventIsHandledInAThreadThatKeepsNoProcessAlive() throws InterruptedException {
    CountDownLatch handled = new CountDownLatch(1);
    AtomicBoolean daemon = new AtomicBoolean();
    threads.execute(() -> {
      daemon.set(Thread.currentThread().isDaemon());
      handled.countDown();
    });
    assertThat(handled.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(daemon).isTrue();
    threads.close(true);
  }

  @Test
  void anEventThatComesAfterTheEndIsPassedOver() throws InterruptedException {
    threads.close(true);
    AtomicBoolean handled = new AtomicBoolean();
    threads.execute(() -> handled.set(true));
    assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThat(handled).isFalse();
  }
}
