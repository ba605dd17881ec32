// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalCommandTest {
  private static final List<String> WORDS = List.of(
      "plain",
      "",
      " two  words ",
      "qu'o\"te",
      "$HOME `id` \\n \\\\0101 %s",
      "-n",
      "--",
      "a\nb\n",
      "xü",
      "日本語\n",
      "\t",
      "😀");

  @TempDir
  Path folder;

  private final Transport transport = new LocalTransport();

  private CommandResult sh(String script) throws IOException {
    return transport.run(Command.of("sh", "-c", script));
  }

  private static List<String> printing(List<String> words) {
    List<String> argv = new ArrayList<>(List.of("printf", "%s\\0"));
    argv.addAll(words);
    return argv;
  }

  private static String joined(List<String> words) {
    return String.join("\0", words) + "\0";
  }

  @Test
  void argumentsArriveByteForByte() throws IOException {
    assertThat(transport.run(Command.of(printing(WORDS))).stdout()).isEqualTo(joined(WORDS));
  }

  @Test
  void argumentsAndVariablesArriveThroughTheScriptToo() throws IOException {
    Command command =
        Command.of(printing(WORDS)).withEnvironment(Map.of("HPC_TEST_VALUE", "grün\n\n"));
    CommandResult result =
        LocalCommand.run(command, AsciiCommand.rewrite(command.argv(), command.environment()));
    assertThat(result.stdout()).isEqualTo(joined(WORDS));
    AsciiCommand printed =
        AsciiCommand.rewrite(List.of("printenv", "HPC_TEST_VALUE"), command.environment());
    assertThat(LocalCommand.run(command, printed).stdout()).isEqualTo("grün\n\n\n");
    assertThat(String.join(" ", printed.argv())).doesNotContain("gr\\0303", "ü");
    assertThat(printed.environment())
        .containsEntry("HPC_TEST_VALUE", "gr\\0303\\0274n\\0012\\0012");
  }

  @Test
  void argumentsArriveUnderTheCLocale() throws IOException {
    CommandResult result = transport.run(Command.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            InCLocale.class.getName())
        .withEnvironment(Map.of("LC_ALL", "C")));
    assertThat(result.stderr()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.stdout())
        .isEqualTo(joined(WORDS)
            + "grün\nNOT_STARTED\ncannot use the path '/x?': this locale has no letters for it:"
            + " set LC_ALL=C.UTF-8\n");
  }

  /** Runs in a JVM of its own. */
  static final class InCLocale {
    private InCLocale() {}

    public static void main(String[] args) throws IOException {
      Transport transport = new LocalTransport();
      StringBuilder out = new StringBuilder();
      out.append(transport.run(Command.of(printing(WORDS))).stdout());
      Map<String, String> variables = Map.of("HPC_TEST_VALUE", "grün");
      out.append(transport
          .run(Command.of("printenv", "HPC_TEST_VALUE").withEnvironment(variables))
          .stdout());
      try {
        transport.run(Command.of("/nonexistent/ü"));
      } catch (CommandFailed e) {
        out.append(e.fate()).append('\n');
      }
      try {
        transport.stat("/xü");
      } catch (IOException e) {
        out.append(String.valueOf(e.getMessage()).replace('ü', '?')).append('\n');
      }
      System.out.write(out.toString().getBytes(UTF_8));
      System.out.flush();
    }
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertThatThrownBy(() -> AsciiCommand.rewrite(List.of("echo", "\ud800"), Map.of()))
        .isInstanceOf(InvalidJob.class);
  }

  @Test
  void aVariableThatAShellCannotNameIsRefused() {
    assertThatThrownBy(() -> AsciiCommand.rewrite(List.of("true"), Map.of("a b;c", "ü")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("a b;c");
  }

  @Test
  void variablesAreSetAndUnset() throws IOException {
    Map<String, String> variables = new HashMap<>(Map.of("HPC_A", "x y$(z)\n"));
    variables.put("PATH_THAT_IS_NOT_SET", null);
    variables.put("HOME", null);
    CommandResult result =
        transport.run(Command.of("/bin/sh", "-c", "printf '%s|%s' \"$HPC_A\" \"${HOME-unset}\"")
            .withEnvironment(variables));
    assertThat(result.stdout()).isEqualTo("x y$(z)\n|unset");
  }

  @Test
  void aStatusIsAResultAndASignalIsOneToo() throws IOException {
    assertThat(sh("exit 3").status()).isEqualTo(3);
    assertThat(sh("exit 127").status()).isEqualTo(127);
    assertThat(sh("kill -9 $$").status()).isEqualTo(137);
  }

  @Test
  void megabytesInAllThreeStreamsDoNotBlockOneAnother() throws IOException {
    byte[] input = new byte[5_000_000];
    Arrays.fill(input, (byte) 'x');
    CommandResult result = transport.run(Command.of("sh", "-c", "tee /dev/fd/2").withInput(input));
    assertThat(result.stdoutBytes()).isEqualTo(input);
    assertThat(result.stderr()).hasSize(input.length);
  }

  @Test
  void inputThatNobodyReadsDoesNoHarm() throws IOException {
    assertThat(transport.run(Command.of("true").withInput(new byte[1_000_000])).status())
        .isZero();
  }

  @Test
  void withoutInputTheEndIsThereAtOnce() throws IOException {
    assertThat(transport.run(Command.of("cat")).stdout()).isEmpty();
  }

  @Test
  void whatDoesNotExistWasNotStarted() {
    for (String program : List.of("hpc-no-such-program", "/nonexistent", "/")) {
      assertThatThrownBy(() -> transport.run(Command.of(program)))
          .isInstanceOfSatisfying(
              CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.NOT_STARTED))
          .hasMessageContaining(program);
    }
  }

  @Test
  void whatTakesTooLongIsEndedWithAllThatItStarted() throws Exception {
    Path pids = folder.resolve("pids");
    String script = """
        trap '' TERM
        sh -c 'trap "" TERM; echo $$ >>"$1"; while :; do sleep 0.1; done' sh "$1" &
        echo $$ >>"$1"
        while :; do sleep 0.1; done
        """;
    Command command =
        Command.of("sh", "-c", script, "sh", pids.toString()).withTimeout(Duration.ofSeconds(2));
    assertThatThrownBy(() -> transport.run(command))
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.TIMED_OUT))
        .hasMessageContaining("longer than 2 s");
    List<String> all = Files.readAllLines(pids);
    assertThat(all).hasSize(2);
    for (String pid : all) {
      awaitEnd(Long.parseLong(pid));
    }
  }

  @Test
  void aProgramThatHeedsTermEndsBeforeTheGraceIsOver() throws IOException {
    Path mark = folder.resolve("mark");
    Command command = Command.of(
            "sh",
            "-c",
            "trap 'echo tidy >\"$1\"; exit 0' TERM; while :; do sleep 0.1; done",
            "sh",
            mark.toString())
        .withTimeout(Duration.ofMillis(500));
    assertThatThrownBy(() -> transport.run(command)).hasMessageContaining("longer than 0.5 s");
    assertThat(mark).hasContent("tidy");
  }

  @Test
  void aDaemonThatHoldsThePipesHoldsNobodyUp() throws Exception {
    long before = System.nanoTime();
    CommandResult result = sh("sleep 50 & echo $!");
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
    assertThat(result.status()).isZero();
    long pid = Long.parseLong(result.stdout().strip());
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    awaitEnd(pid);
  }

  @Test
  void anInterruptEndsTheProgram() throws Exception {
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    Path pid = folder.resolve("pid");
    Thread thread = new Thread(() -> {
      try {
        transport.run(Command.of(
            "sh",
            "-c",
            "echo $$ >\"$1.t\"; mv \"$1.t\" \"$1\"; exec sleep 50",
            "sh",
            pid.toString()));
      } catch (IOException e) {
        thrown.add(e);
        if (!Thread.currentThread().isInterrupted()) {
          thrown.add(new AssertionError("the interrupt was swallowed"));
        }
      }
    });
    thread.start();
    while (!Files.exists(pid)) {
      Thread.onSpinWait();
    }
    thread.interrupt();
    thread.join();
    assertThat(thrown)
        .singleElement()
        .isInstanceOfSatisfying(
            CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.UNKNOWN));
    awaitEnd(Long.parseLong(Files.readString(pid).strip()));
  }

  /** A process that ended and was not waited for yet has ended all the same. */
  private static void awaitEnd(long pid) throws Exception {
    ProcessHandle handle = ProcessHandle.of(pid).orElse(null);
    Path status = Path.of("/proc/" + pid + "/status");
    while (handle != null && handle.isAlive()) {
      if (Files.exists(status) && Files.readString(status).contains("State:\tZ")) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }
}
