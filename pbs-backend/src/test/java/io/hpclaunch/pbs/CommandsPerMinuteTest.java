// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Each command of PBS takes a port below 1024 of the host for a minute: where none is left, the
 * next command hangs (F35).
 */
class CommandsPerMinuteTest {
  private static final int CLIENTS = 2;
  private static final int JOBS = 15;

  /** A burst of 25, after it one in 60 s / 76. */
  private static final int PER_MINUTE = 100;

  private static final int BURST = 25;
  private static final Duration STEP = Duration.ofMillis(789);
  private static final JobSpec HELD =
      JobSpec.builder("held").command("true").nativeOptions("-h").build();

  @RegisterExtension
  final FakePbs pbs = FakePbs.openPbs();

  private final List<HpcRuntime> runtimes = new ArrayList<>();

  @AfterEach
  void close() {
    runtimes.forEach(HpcRuntime::close);
  }

  /** As a process of its own has it: what is shared is shared through the state folder. */
  private Backend client(Map<String, ?> submit) {
    HpcRuntime runtime = HpcRuntime.builder()
        .configuration(Map.of())
        .stateDirectory(state())
        .workingDirectory(pbs.work())
        .build();
    runtimes.add(runtime);
    return runtime.open(
        "pbs", Map.of("config", Map.of("bin", pbs.bin().toString()), "submit", submit));
  }

  private Path state() {
    return pbs.work().resolve("state");
  }

  @Test
  void clientsTogetherKeepToTheNumber() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Future<?>> clients = new ArrayList<>();
      long begin = System.nanoTime();
      for (int i = 0; i < CLIENTS; i++) {
        Backend client = client(Map.of("commands_per_minute", PER_MINUTE));
        clients.add(threads.submit(() -> submit(client)));
      }
      for (Future<?> each : clients) {
        each.get();
      }
      int commands = pbs.commands().size();
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertThat(commands).isGreaterThanOrEqualTo(CLIENTS * JOBS);
      assertThat(took).isGreaterThanOrEqualTo(STEP.multipliedBy(commands - BURST));
      assertThat(pbs.jobs()).hasSize(CLIENTS * JOBS);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void submit(Backend client) {
    for (int i = 0; i < JOBS; i++) {
      client.submit(HELD);
    }
  }

  @Test
  void withoutAWordOfTheUsersThereIsANumber() {
    assertThat(new PbsBackend().commandsPerMinute()).isEqualTo(400);
    client(Map.of()).submit(HELD);
    assertThat(state().resolve("budgets")).isNotEmptyDirectory();
  }

  @Test
  void theUserMaySwitchItOff() {
    client(Map.of("commands_per_minute", 0)).submit(HELD);
    assertThat(Files.exists(state().resolve("budgets"))).isFalse();
  }
}
