// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Connection;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerSession;
import io.hpclaunch.pool.amqp.PoolQueues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
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

  @BeforeEach
  void start() throws Exception {
    underTest = PoolUnderTest.at(BrokerAddress.parse(text("url"), null), folder, 2);
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
            () -> BrokerSession.connect(BrokerAddress.parse(url, null), "a stranger")))
        .hasMessageContaining("certification path")
        .hasMessageNotContaining(BrokerAddress.parse(url, null).password());
  }

  /** As a user has it: what is deleted leaves nothing, here and there. */
  @Test
  void aBatchOfAConfiguredPoolIsFoundByTheNextClient() throws Exception {
    String id;
    try (HpcRuntime runtime = runtime();
        WorkerPool first = WorkerPool.open(runtime, "lasting")) {
      id = first.map(i -> i * i, List.of(1, 2, 3)).id();
    }
    try (HpcRuntime runtime = runtime();
        WorkerPool next = WorkerPool.open(runtime, "lasting")) {
      assertThat(next.batches())
          .singleElement()
          .isEqualTo(new BatchInfo(id, next.batches().get(0).begun(), 3, 0, true));
      assertThat(next.<Integer>attach(id).results()).containsExactly(1, 4, 9);
      Batch<Integer> open = next.map(i -> i, List.of(1));
      PoolRecord record =
          new PoolFolder(folder.resolve("state"), "lasting").read().orElseThrow();
      next.delete(Duration.ZERO);
      assertThat(open.futures().get(0)).isDone();
      assertThat(folder.resolve("state/pools/lasting/batches")).isEmptyDirectory();
      try (Connection look = BrokerSession.connect(underTest.settings().broker(), "a look")) {
        assertThat(new PoolQueues(record.id()).hasResults(look, open.id())).isFalse();
      }
    }
  }

  private HpcRuntime runtime() throws IOException {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("HPC_SHELL_IDLE", "1");
    Map<String, Object> shell = Map.of(
        "name",
        "shell",
        "type",
        "shell",
        "config",
        Map.of("root", folder.resolve("shell").toString()));
    Map<String, Object> pool =
        Map.of("backend", "shell", "num_workers", 1, "cpus_worker", 1, "amqp_url", text("url"));
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of("backends", List.of(shell), "worker_pools", Map.of("lasting", pool)))
        .build();
  }

  @Test
  void chaos() throws Exception {
    chaos(11);
  }

  @RepeatedTest(10)
  @Tag("long")
  void chaosAgainAndAgain(RepetitionInfo round) throws Exception {
    chaos(round.getCurrentRepetition());
  }

  /**
   * Workers, connections, the broker and the client die while tasks run; each task's result comes
   * to the client that lives in the end, and comes once.
   */
  private void chaos(long seed) throws Exception {
    Path place = Files.createDirectory(folder.resolve("chaos"));
    try (Cable cable = Cable.to(underTest.settings().broker());
        PoolUnderTest pools = PoolUnderTest.at(cable.address(), place, 2);
        Chaos chaos = new Chaos(pools, cable, RabbitMqTest::fault, new Random(seed))) {
      chaos.run();
    }
  }
}
