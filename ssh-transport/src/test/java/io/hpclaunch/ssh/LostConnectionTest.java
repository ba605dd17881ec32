// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The connection is cut, or falls silent, in the middle of each kind of operation. */
@Timeout(60)
class LostConnectionTest {
  private static final int MUCH = 20_000_000;

  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @TempDir
  Path folder;

  private CutProxy proxy;
  private Transport transport;

  @BeforeEach
  void open() throws IOException {
    proxy = new CutProxy(HOST.port());
    transport = HOST.open(Map.of(
        "port",
        proxy.port(),
        "known_hosts",
        folder.resolve("known").toString(),
        "accept_new",
        true));
    transport.stat("/");
  }

  @AfterEach
  void close() throws IOException {
    transport.close();
    proxy.close();
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private Path much() throws IOException {
    return Files.write(folder.resolve("much"), new byte[MUCH]);
  }

  /** After a loss the next call works. */
  private void worksAgain() throws IOException {
    proxy.heal();
    assertThat(transport.run(Command.of("echo", "again")).stdout()).isEqualTo("again\n");
  }

  private static void unknown(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.UNKNOWN))
        .hasMessageContaining("was lost");
  }

  @Test
  void ofACommandThatRanItIsNotKnownWhatBecame() throws Exception {
    CompletableFuture<Object> running = sleeping(transport);
    proxy.cut();
    unknown(() -> throwing(running));
    worksAgain();
    assertThat(folder.resolve("mark")).hasContent("x");
  }

  /** A command that has begun. */
  private CompletableFuture<Object> sleeping(Transport on) {
    String script = "echo x >>\"$1\"; exec sleep 100";
    Command command = Command.of("sh", "-c", script, "sh", at("mark"));
    CompletableFuture<Object> running = CompletableFuture.supplyAsync(() -> {
      try {
        return on.run(command);
      } catch (IOException e) {
        return e;
      }
    });
    while (!Files.exists(folder.resolve("mark"))) {
      Thread.onSpinWait();
    }
    return running;
  }

  private static void throwing(CompletableFuture<Object> result)
      throws IOException, InterruptedException, ExecutionException {
    if (result.get() instanceof IOException e) {
      throw e;
    }
  }

  @Test
  void outputThatBreaksOffIsNoResult() throws IOException {
    proxy.cutAfter(1_000_000);
    unknown(() -> transport.run(Command.of("head", "-c", String.valueOf(MUCH), "/dev/zero")));
    worksAgain();
  }

  @Test
  void inputThatBreaksOffIsNoResult() throws IOException {
    Command command = Command.of("sh", "-c", "head -c 100000 >/dev/null; echo; cat >/dev/null")
        .withInput(new byte[MUCH]);
    proxy.cutAfter(100);
    unknown(() -> transport.run(command));
    worksAgain();
  }

  @Test
  void aRunningCommandEnds() throws IOException {
    try (RunningCommand running = transport.start(Command.of("sh", "-c", "echo up; cat"));
        BufferedReader out = new BufferedReader(new InputStreamReader(running.output(), UTF_8))) {
      assertThat(out.readLine()).isEqualTo("up");
      proxy.cut();
      assertThat(out.read()).isEqualTo(-1);
    }
    worksAgain();
  }

  @Test
  void readingBreaksOffWithAnError() throws IOException {
    much();
    try (InputStream in = transport.read(at("much"), 0)) {
      proxy.cutAfter(1_000_000);
      assertThatThrownBy(in::readAllBytes)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was lost while " + at("much") + " was read");
    }
    worksAgain();
  }

  @Test
  void aFileThatIsFetchedIsFetchedAgain() throws IOException {
    much();
    proxy.cutAfter(1_000_000);
    CompletableFuture<Void> healer = healAfterTheCut();
    transport.get(at("much"), folder.resolve("copy"));
    healer.join();
    assertThat(folder.resolve("copy")).hasSize(MUCH);
    assertNothingHalfDone();
  }

  @Test
  void aFileThatIsSentIsSentAgain() throws IOException {
    much();
    proxy.cutAfter(2000);
    CompletableFuture<Void> healer = healAfterTheCut();
    transport.put(folder.resolve("much"), at("copy"));
    healer.join();
    assertThat(folder.resolve("copy")).hasSize(MUCH);
    assertNothingHalfDone();
  }

  private CompletableFuture<Void> healAfterTheCut() {
    return CompletableFuture.runAsync(() -> {
      proxy.awaitCut();
      proxy.heal();
    });
  }

  private void assertNothingHalfDone() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).noneMatch(file -> file.getFileName().toString().startsWith(".hpc-"));
    }
  }

  @Test
  void whatDoesNoHarmTwiceIsDoneTwice() throws IOException {
    for (int i = 0; i < 3; i++) {
      proxy.cut();
      assertThat(transport.stat(folder.toString())).isPresent();
      proxy.cut();
      assertThat(transport.list(folder.toString())).isNotNull();
      proxy.cut();
      transport.write(new byte[] {1}, at("f"), 0600);
      proxy.cut();
      assertThat(transport.run(Command.of("echo", "x")).stdout()).isEqualTo("x\n");
      proxy.cut();
      transport.remove(at("f"));
      assertNothingHalfDone();
    }
  }

  @Test
  void aFolderIsNotMadeTwice() throws IOException {
    proxy.cutAfter(0);
    assertThatThrownBy(() -> transport.mkdir(at("d"), 0700))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("not known");
    worksAgain();
    Files.writeString(folder.resolve("a"), "a");
    transport.stat("/");
    proxy.cutAfter(0);
    assertThatThrownBy(() -> transport.rename(at("a"), at("b")))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("not known");
    worksAgain();
  }

  @Test
  void aHostThatIsGoneIsUnavailable() throws IOException {
    proxy.close();
    assertThatThrownBy(() -> transport.run(Command.of("true")))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("refuses the connection");
  }

  @Test
  void aHostThatFallsSilentIsGivenUp() throws IOException {
    try (Transport other = HOST.open(Map.of(
        "port", proxy.port(),
        "known_hosts", folder.resolve("known").toString(),
        "keepalive", 1))) {
      CompletableFuture<Object> running = sleeping(other);
      proxy.stallAfter(0);
      unknown(() -> throwing(running));
    }
  }

  @Test
  void aHostThatFallsSilentBeforeACommandIsSentHasNotStartedIt() throws IOException {
    try (Transport other = HOST.open(Map.of(
        "port",
        proxy.port(),
        "known_hosts",
        folder.resolve("known").toString(),
        "connect_timeout",
        1,
        "keepalive",
        1))) {
      other.stat("/");
      proxy.stallAfter(0);
      assertThatThrownBy(() -> other.run(Command.of("true")))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("within 1 s");
    }
  }

  @Test
  void whoeverIsLoggedOutByTheHostLogsInAgain() throws IOException {
    try (Transport other = HOST.open()) {
      assertThat(other.run(Command.of("true")).status()).isZero();
      long before = HOST.logins();
      HOST.cutAll();
      assertThat(other.run(Command.of("true")).status()).isZero();
      assertThat(HOST.logins()).isEqualTo(before + 1);
    }
  }

  @Test
  void aTransportThatWasClosedIsNoLongerUsed() {
    transport.close();
    assertThatThrownBy(() -> transport.run(Command.of("true")))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("was closed");
  }
}
