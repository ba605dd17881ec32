// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.RunningCommand;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever shell a login has, and whatever it says first. */
@Timeout(60)
class LoginShellTest {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  private static final List<String> WORDS = List.of(
      "",
      "a b",
      "it's \"quoted\" \\ \\\\ \\n",
      "hi!there !! !$",
      "$HOME $(id) `id` ${x}",
      "line\nline\n",
      "\n",
      "*?[a]{b,c}~",
      "\u0001\u007f\u001ehpc-launch 1",
      "grün 日本語 😀");

  private static Transport open(String key) {
    assumeTrue(
        !key.contains("csh") || Files.exists(Path.of("/bin", key.substring(3))),
        key.substring(3) + " (not installed)");
    return HOST.open(Map.of("key_path", HOST.key(key).toString()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"id_ed25519", "id_sh", "id_csh", "id_tcsh", "id_noisy"})
  void wordsVariablesAndInputArriveByteForByte(String key) throws IOException {
    Map<String, String> variables = new HashMap<>();
    StringBuilder values = new StringBuilder();
    for (int i = 0; i < WORDS.size(); i++) {
      variables.put("V" + i, WORDS.get(i));
      values.append(" \"$V").append(i).append('"');
    }
    String script = "printf '%s\\0' \"$@\"" + values + "; cat; echo e >&2; exit 7";
    List<String> argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(WORDS);
    try (Transport transport = open(key)) {
      CommandResult result = transport.run(
          Command.of(argv).withEnvironment(variables).withInput("in!\n'".getBytes(UTF_8)));
      String all = String.join("\0", WORDS) + "\0";
      assertThat(result.stdout()).isEqualTo(all + all + "in!\n'");
      assertThat(result.stderr()).isEqualTo("e\n");
      assertThat(result.status()).isEqualTo(7);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"id_csh", "id_noisy"})
  void aRunningCommandsOutputIsItsOwn(String key) throws IOException {
    try (Transport transport = open(key);
        RunningCommand running = transport.start(Command.of("echo", "hi!"))) {
      assertThat(running.output().readAllBytes()).asString().isEqualTo("hi!\n");
      assertThat(running.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"id_csh", "id_noisy"})
  void aTimeLimitEndsWhatRuns(String key) throws IOException {
    try (Transport transport = open(key)) {
      Command command = Command.of("sh", "-c", "sleep 1000 & echo $! >\"$HOME/pid\"; sleep 1000")
          .withTimeout(Duration.ofSeconds(1));
      assertThatThrownBy(() -> transport.run(command)).hasMessageContaining("longer than 1 s");
      Command alive =
          Command.of("sh", "-c", "ps -o stat= -p \"$(cat \"$HOME/pid\")\" | grep -v '^Z'");
      while (transport.run(alive).status() == 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void anAccountThatIsClosedIsToldInItsOwnWords() {
    try (Transport transport = open("id_closed")) {
      assertThatThrownBy(() -> transport.run(Command.of("true")))
          .isInstanceOfSatisfying(
              CommandFailed.class, e -> assertThat(e.fate()).isEqualTo(Fate.NOT_STARTED))
          .hasMessageContaining("This account is currently not available.");
      assertThatThrownBy(() -> transport.start(Command.of("true")))
          .isInstanceOf(CommandFailed.class)
          .hasMessageContaining("login shell");
    }
  }

  @Test
  void aVariableThatAShellCannotNameIsRefused() {
    try (Transport transport = HOST.open()) {
      assertThatThrownBy(
              () -> transport.run(Command.of("true").withEnvironment(Map.of("a b;c", "x"))))
          .isInstanceOf(InvalidJob.class)
          .hasMessageContaining("a b;c");
    }
  }
}
