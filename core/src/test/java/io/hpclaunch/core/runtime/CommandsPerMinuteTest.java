// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a plugin's commands wait for, from {@code submit.commands_per_minute} to the process. */
@Timeout(60)
class CommandsPerMinuteTest {
  private static final Duration AN_HOUR = Duration.ofHours(1);

  /** Bears 8 commands a minute, two of them at once; its queue takes one. */
  public static final class Frugal extends FakeBackends.Base implements QueueReporter {
    @Override
    public String name() {
      return "frugal";
    }

    @Override
    public int detectionOrder() {
      return 50;
    }

    @Override
    public int commandsPerMinute() {
      return 8;
    }

    @Override
    public List<Entry> queue(boolean mineOnly) {
      try {
        context().transport().run(Command.of("true"));
        return List.of();
      } catch (IOException e) {
        throw new BackendUnavailable("true: " + e.getMessage(), e);
      }
    }

    private static BackendContext context() {
      return FakeBackends.CONTEXTS.get(FakeBackends.CONTEXTS.size() - 1);
    }
  }

  @TempDir
  Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
  private final List<HpcRuntime> runtimes = new ArrayList<>();
  private URLClassLoader loader;

  @BeforeEach
  void show() throws IOException {
    FakeBackends.reset();
    Path services = folder.resolve("shown/META-INF/services/" + HPCBackend.class.getName());
    Files.createDirectories(services.getParent());
    Files.write(services, List.of(Frugal.class.getName(), FakeBackends.Alpha.class.getName()));
    loader = new URLClassLoader(
        new URL[] {folder.resolve("shown").toUri().toURL()}, getClass().getClassLoader());
  }

  @AfterEach
  void close() throws IOException {
    runtimes.forEach(HpcRuntime::close);
    loader.close();
  }

  private Backend open(String type, Map<String, ?> submit) {
    InstantSource source = now::get;
    Clock clock = source.withZone(ZoneOffset.UTC);
    HpcRuntime runtime = HpcRuntime.builder()
        .classLoader(loader)
        .environment(Map.of("HOME", folder.toString()))
        .stateDirectory(folder.resolve("state"))
        .configuration(Map.of())
        .clock(clock)
        .build();
    runtimes.add(runtime);
    return runtime.open(type, Map.of("submit", submit));
  }

  private static BackendContext context() {
    return Frugal.context();
  }

  private static Transport transport() {
    return context().transport();
  }

  private Path budgets() {
    return folder.resolve("state/budgets");
  }

  /** Whether one more command waits; it is not started then. */
  private boolean isUsedUp() throws Exception {
    Path mark = folder.resolve("mark");
    AtomicReference<Exception> failure = new AtomicReference<>();
    Thread client = new Thread(() -> {
      try {
        transport().run(Command.of("touch", mark.toString()));
      } catch (IOException e) {
        failure.set(e);
      }
    });
    client.start();
    while (client.isAlive() && !waits(client)) {
      Thread.onSpinWait();
    }
    client.interrupt();
    client.join();
    boolean started = Files.deleteIfExists(mark);
    if (!started) {
      assertThat(failure.get()).hasMessage("interrupted while 'touch' waited for its turn");
    }
    return !started;
  }

  /** In the budget, not for a process that runs. */
  private static boolean waits(Thread thread) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals("sleep")) {
        return true;
      }
    }
    return false;
  }

  @Test
  void thePluginsNumberHoldsForAllItsCommands() throws Exception {
    Backend frugal = open("frugal", Map.of());
    frugal.queue(false);
    assertThat(isUsedUp()).isFalse();
    assertThat(isUsedUp()).isTrue();
    now.updateAndGet(at -> at.plusSeconds(9));
    frugal.queue(false);
    assertThat(isUsedUp()).isTrue();
  }

  @Test
  void allProcessesAndEntriesOfAHostShareIt() throws Exception {
    open("frugal", Map.of()).queue(false);
    open("frugal", Map.of()).queue(false);
    assertThat(isUsedUp()).isTrue();
    open("alpha", Map.of("commands_per_minute", 8));
    assertThat(isUsedUp()).isTrue();
  }

  @Test
  void aCommandThatIsTalkedToCounts() throws Exception {
    open("frugal", Map.of());
    for (int i = 0; i < 2; i++) {
      try (RunningCommand cat = transport().start(Command.of("cat"))) {
        assertThat(cat.errors()).isEmpty();
      }
    }
    assertThat(isUsedUp()).isTrue();
  }

  @Test
  void filesDoNotCount() throws Exception {
    open("frugal", Map.of());
    Path file = folder.resolve("file");
    for (int i = 0; i < 5; i++) {
      transport().mkdir(folder.resolve("made" + i).toString(), 0700);
      transport().write("x".getBytes(StandardCharsets.UTF_8), file.toString(), 0600);
      transport().stat(file.toString());
      transport().list(folder.toString());
      transport().read(file.toString(), 0).close();
      transport().get(file.toString(), folder.resolve("got"));
      transport().put(file, folder.resolve("put").toString());
      transport().rename(file.toString(), folder.resolve("renamed").toString());
      transport().remove(folder.resolve("made" + i).toString());
    }
    assertThat(folder.resolve("renamed")).hasContent("x");
    assertThat(budgets()).doesNotExist();
  }

  @Test
  void whatAnotherProcessWasAnsweredCostsNothing() throws Exception {
    for (int i = 0; i < 5; i++) {
      open("frugal", Map.of());
      assertThat(context().ask(Command.of("echo", "1"), AN_HOUR).result().stdout())
          .isEqualTo("1\n");
    }
    assertThat(isUsedUp()).isFalse();
    assertThat(isUsedUp()).isTrue();
  }

  @Test
  void theConfigurationOverrulesThePlugin() throws Exception {
    Backend frugal = open("frugal", Map.of("commands_per_minute", 16));
    for (int i = 0; i < 4; i++) {
      frugal.queue(false);
    }
    assertThat(isUsedUp()).isTrue();
  }

  @Test
  void withoutALimitThereIsNoFile() {
    Backend frugal = open("frugal", Map.of("commands_per_minute", 0));
    for (int i = 0; i < 20; i++) {
      frugal.queue(false);
    }
    assertThat(transport()).isInstanceOf(LocalTransport.class);
    open("alpha", Map.of()).queue(false);
    assertThat(transport()).isInstanceOf(LocalTransport.class);
    assertThat(budgets()).doesNotExist();
  }

  @Test
  void aNumberBelowZeroIsRefused() {
    assertThatThrownBy(() -> open("frugal", Map.of("commands_per_minute", -1)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("submit.commands_per_minute: must be zero or more, not '-1'");
  }
}
