// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One login for everything, and no more channels than the host allows. */
@Timeout(90)
class ChannelsTest {
  @RegisterExtension
  static final SshdHost MANY = SshdHost.shared();

  @RegisterExtension
  static final SshdHost TWO = SshdHost.with("MaxSessions=2");

  @RegisterExtension
  static final SshdHost ONE = SshdHost.with("MaxSessions=1");

  @TempDir
  Path folder;

  @Test
  void aThousandCommandsAreOneLogin() throws Exception {
    long before = MANY.logins();
    try (Transport transport = MANY.open()) {
      manyAtOnce(transport, 10, 1000);
    }
    assertThat(MANY.logins()).isEqualTo(before + 1);
  }

  @Test
  void twentyThreadsShareTwoChannels() throws Exception {
    try (Transport transport = TWO.open()) {
      manyAtOnce(transport, 20, 60);
      filesAndCommands(transport);
    }
    assertThat(TWO.logins()).isEqualTo(1);
  }

  @Test
  void oneChannelServesCommandsAndFiles() throws Exception {
    long before = ONE.logins();
    try (Transport transport = ONE.open()) {
      filesAndCommands(transport);
    }
    assertThat(ONE.logins()).isEqualTo(before + 1);
  }

  @Test
  void whoeverGetsNoChannelInTimeHasStartedNothing() throws IOException {
    try (Transport transport = ONE.open();
        RunningCommand cat = transport.start(Command.of("cat"))) {
      Command command = Command.of("true").withTimeout(Duration.ofMillis(300));
      assertThatThrownBy(() -> transport.run(command))
          .isInstanceOfSatisfying(
              CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.NOT_STARTED))
          .hasMessageContaining("MaxSessions");
      assertThat(cat.errors()).isEmpty();
    }
  }

  @Test
  void aTimeLimitHoldsWhereThereIsNoOtherChannel() throws IOException {
    try (Transport transport = ONE.open()) {
      Command command = Command.of("sleep", "1000").withTimeout(Duration.ofSeconds(1));
      assertThatThrownBy(() -> transport.run(command)).hasMessageContaining("longer than 1 s");
      assertThat(transport.run(Command.of("true")).status()).isZero();
    }
  }

  private static void manyAtOnce(Transport transport, int threads, int commands) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<String>> all = new ArrayList<>();
      for (int i = 0; i < commands; i++) {
        String word = "w" + i;
        all.add(() -> transport.run(Command.of("echo", word)).stdout());
      }
      List<Future<String>> done = pool.invokeAll(all);
      for (int i = 0; i < commands; i++) {
        assertThat(done.get(i).get()).isEqualTo("w" + i + "\n");
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void filesAndCommands(Transport transport) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(20);
    try {
      List<Callable<Long>> all = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        String path = folder.resolve("f" + i).toString();
        all.add(() -> {
          transport.write(new byte[1000], path, 0600);
          transport.run(Command.of("truncate", "-s", "500", path));
          return transport.stat(path).orElseThrow().size();
        });
      }
      for (Future<Long> one : pool.invokeAll(all)) {
        assertThat(one.get()).isEqualTo(500);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
