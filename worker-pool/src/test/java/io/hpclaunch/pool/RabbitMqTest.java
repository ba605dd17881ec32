// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.pool.amqp.BrokerAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Pools with a real RabbitMQ, which is stopped and killed while tasks run. */
@EnabledIfEnvironmentVariable(
    named = "HPC_RABBITMQ_HOME",
    matches = ".+",
    disabledReason = "no RabbitMQ: scripts/rabbitmq-up starts one")
@Timeout(300)
final class RabbitMqTest {
  @TempDir
  Path folder;

  private PoolUnderTest underTest;
  private WorkerPool pool;

  @BeforeEach
  void start() throws Exception {
    underTest = PoolUnderTest.at(BrokerAddress.parse(text("url"), null), folder, 2);
    pool = underTest.pool();
  }

  @AfterEach
  void stop() throws Exception {
    underTest.close();
  }

  /** What rabbitmq-up has left in a file. */
  private static String text(String file) throws IOException {
    return Files.readString(Path.of(System.getenv("HPC_RABBITMQ_HOME")).resolve(file))
        .strip();
  }

  private static void fault(String what) throws IOException, InterruptedException {
    Path script = Path.of("..", "scripts", "rabbitmq-fault").toAbsolutePath();
    Process process = new ProcessBuilder(script.toString(), what)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    assertThat(process.waitFor()).as("rabbitmq-fault %s", what).isZero();
  }

  @Test
  void tlsIsTrustedByTheGivenCertificateOnly() throws Exception {
    String url = text("tls-url");
    String pem = text("etc/certificate.pem");
    Path other = Files.createDirectory(folder.resolve("tls"));
    try (PoolUnderTest secured = PoolUnderTest.at(BrokerAddress.parse(url, pem), other, 1)) {
      secured.startWorker();
      assertThat(secured.pool().submit(() -> "safe").get()).isEqualTo("safe");
    }
    assertThat(org.junit.jupiter.api.Assertions.assertThrows(
            IOException.class,
            () -> io.hpclaunch.pool.amqp.BrokerSession.connect(
                BrokerAddress.parse(url, null), "a stranger")))
        .hasMessageContaining("certification path")
        .hasMessageNotContaining(BrokerAddress.parse(url, null).password());
  }

  @Test
  void aBrokerThatIsKilledAndStartedAgainLosesNothing() throws Exception {
    underTest.startWorker();
    List<Integer> inputs = IntStream.range(0, 3_000).boxed().toList();
    Batch<Integer> batch = pool.map(
        i -> {
          Thread.sleep(2);
          return i * 3;
        },
        inputs);
    batch.waitFor(Share.percent(10));
    fault("kill");
    assertThat(batch.ended()).isLessThan(3_000);
    fault("start");
    assertThat(batch.results()).isEqualTo(inputs.stream().map(i -> i * 3).toList());
  }

  /** Workers and the broker die while tasks run; each task's result comes, and comes once. */
  @Test
  void chaos() throws Exception {
    int tasks = 20_000;
    Random random = new Random(11);
    List<Process> workers =
        new ArrayList<>(List.of(underTest.startWorker(), underTest.startWorker()));
    List<Integer> inputs = IntStream.range(0, tasks).boxed().toList();
    Batch<Integer> batch = pool.map(i -> i + 1, inputs);
    int[] delivered = new int[tasks];
    for (TaskFuture<Integer> future : batch.futures()) {
      CompletableFuture<Void> unused = future.thenRun(() -> {
        synchronized (delivered) {
          delivered[future.index()]++;
        }
      });
    }
    for (int percent = 10; percent < 100; percent += 20) {
      batch.waitFor(Share.percent(percent));
      int victim = random.nextInt(workers.size());
      workers.get(victim).destroyForcibly().waitFor();
      workers.set(victim, underTest.startWorker());
      if (percent == 50) {
        fault("kill");
        fault("start");
      }
    }
    assertThat(batch.waitFor(Share.all(), Duration.ofMinutes(3)))
        .as(batch.toString())
        .isTrue();
    assertThat(batch.results()).isEqualTo(inputs.stream().map(i -> i + 1).toList());
    assertThat(batch.ended()).isEqualTo(tasks);
    synchronized (delivered) {
      assertThat(delivered).containsOnly(1);
    }
  }
}
