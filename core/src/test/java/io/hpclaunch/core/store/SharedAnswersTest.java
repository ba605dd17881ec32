// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.core.transport.LocalTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedAnswersTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  @TempDir
  Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-02T03:04:05Z"));
  private final Queue<Command> spent = new ConcurrentLinkedQueue<>();
  private Path calls;

  @BeforeEach
  void count() {
    calls = folder.resolve("calls");
  }

  private SharedAnswers answers() {
    return new SharedAnswers(folder.resolve("answers"), new LocalTransport(), spent::add, clock());
  }

  private Clock clock() {
    InstantSource source = now::get;
    return source.withZone(ZoneOffset.UTC);
  }

  /** A command that counts how often it ran. */
  private Command question(String... script) {
    List<String> argv = new ArrayList<>(
        List.of("bash", "-c", "echo x >>\"$0\"; " + String.join("\n", script), calls.toString()));
    return Command.of(argv);
  }

  private int asked() throws IOException {
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  @Test
  void anAnswerServesOthersUntilItIsTooOld() throws IOException {
    Answer first = answers().ask(question("echo out; echo err >&2"), SECOND);
    now.updateAndGet(at -> at.plusMillis(900));
    Answer second = answers().ask(question("echo out; echo err >&2"), SECOND);
    assertThat(asked()).isEqualTo(1);
    assertThat(second.asked()).isEqualTo(first.asked());
    assertThat(second.result().stdout()).isEqualTo("out\n");
    assertThat(second.result().stderr()).isEqualTo("err\n");
    now.updateAndGet(at -> at.plusMillis(200));
    assertThat(answers().ask(question("echo out; echo err >&2"), SECOND).asked())
        .isEqualTo(now.get());
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void onlyWhatIsAskedCostsOfTheBudget() throws IOException {
    answers().ask(question("echo 1"), SECOND);
    answers().ask(question("echo 1"), SECOND);
    assertThat(spent).hasSize(1);
    now.updateAndGet(at -> at.plusMillis(1));
    answers().ask(question("echo 1"), Duration.ZERO);
    assertThat(spent).hasSize(2);
  }

  @Test
  void anAnswerIsNotOlderForHavingWaitedForItsTurn() throws IOException {
    Duration wait = Duration.ofSeconds(20);
    SharedAnswers waiting = new SharedAnswers(
        folder.resolve("answers"),
        new LocalTransport(),
        command -> now.updateAndGet(at -> at.plus(wait)),
        clock());
    assertThat(waiting.ask(question("echo 1"), SECOND).asked()).isEqualTo(now.get());
    answers().ask(question("echo 1"), SECOND);
    assertThat(asked()).isEqualTo(1);
  }

  @Test
  void zeroAsksAnewForAll() throws IOException {
    answers().ask(question("echo 1"), SECOND);
    now.updateAndGet(at -> at.plusMillis(1));
    answers().ask(question("echo 1"), Duration.ZERO);
    answers().ask(question("echo 1"), SECOND);
    assertThat(asked()).isEqualTo(2);
  }

  @Test
  void bytesAndStatusStayWhatTheyWere() throws IOException {
    Command odd = question("printf 'a\\0\\377\\303'; printf '\\244z\\n' >&2; exit 3");
    for (int i = 0; i < 2; i++) {
      Answer answer = answers().ask(odd, SECOND);
      assertThat(answer.result().status()).isEqualTo(3);
      assertThat(answer.result().stdoutBytes()).containsExactly('a', 0, 0xff, 0xc3);
      assertThat(answer.result().stderrBytes()).containsExactly(0xa4, 'z', '\n');
    }
    assertThat(asked()).isEqualTo(1);
  }

  @Test
  void wordsAndVariablesTellQuestionsApart() throws IOException {
    Command plain = Command.of("bash", "-c", "echo \"$1$A\"", "bash", "x");
    assertThat(answers().ask(plain, SECOND).result().stdout()).isEqualTo("x\n");
    assertThat(answers()
            .ask(plain.withEnvironment(Map.of("A", "y")), SECOND)
            .result()
            .stdout())
        .isEqualTo("xy\n");
    Command other = Command.of("bash", "-c", "echo \"$1$A\"", "bash", "z");
    assertThat(answers().ask(other, SECOND).result().stdout()).isEqualTo("z\n");
  }

  @Test
  void whoWantsTheSameAtOnceWaitsForTheOneThatAsks() throws Exception {
    Path go = folder.resolve("go");
    Command slow = question("until [[ -e '" + go + "' ]]; do sleep 0.02; done; echo done");
    ExecutorService clients = Executors.newFixedThreadPool(8);
    try {
      List<Future<Answer>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(clients.submit(() -> answers().ask(slow, SECOND)));
      }
      while (asked() == 0) {
        Thread.onSpinWait();
      }
      Files.createFile(go);
      for (Future<Answer> each : all) {
        assertThat(each.get().result().stdout()).isEqualTo("done\n");
      }
      assertThat(asked()).isEqualTo(1);
    } finally {
      clients.shutdownNow();
    }
  }

  @Test
  void whatIsDamagedOrFromTheFutureIsAskedAgain() throws IOException {
    answers().ask(question("echo right"), SECOND);
    try (Stream<Path> files = Files.list(folder.resolve("answers"))) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".lock")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
        for (String rubbish : List.of(
            "",
            "v1",
            "v1 x y z\nout",
            "v1 2026-01-02T03:04:05Z 0 99\nout",
            "v1 2026-01-02T03:04:05Z 0 -1\nout",
            "v2 2026-01-02T03:04:05Z 0 3\nout")) {
          Files.writeString(file, rubbish);
          assertThat(answers().ask(question("echo right"), SECOND).result().stdout())
              .as(rubbish)
              .isEqualTo("right\n");
        }
      }
    }
    int before = asked();
    now.updateAndGet(at -> at.minusSeconds(3600));
    answers().ask(question("echo right"), SECOND);
    assertThat(asked()).isEqualTo(before + 1);
  }

  @Test
  void aCommandThatCannotBeStartedIsNoAnswer() {
    assertThatThrownBy(() -> answers().ask(Command.of("/no/such/command"), SECOND))
        .isInstanceOf(IOException.class);
  }

  @Test
  void whereNothingCanBeKeptEverybodyAsks() throws IOException {
    Files.writeString(folder.resolve("answers"), "a file");
    answers().ask(question("echo 1"), SECOND);
    assertThat(answers().ask(question("echo 1"), SECOND).result().stdout()).isEqualTo("1\n");
    assertThat(asked()).isEqualTo(2);
  }
}
