// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchPlan.LaunchFile;
import io.hpclaunch.api.launch.Word;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plans as lines for bash, carried out by the real bash. */
class PlanScriptTest {
  @TempDir
  Path folder;

  @Test
  void wordsReachTheProgramWhole() throws Exception {
    List<String> users =
        List.of("-n", "a b", "", "it's", "$HOME `id` \"\\", "new\nline", "*", "-e");
    LaunchPlan plan = plan(argv("printf", "%s\\0", "conf ig'd", "$x"), users(users, 1));
    String out = run(PlanScript.exec(plan, users.size()), users);
    assertThat(out.split("\0", -1))
        .containsExactly(
            "conf ig'd",
            "$x",
            "-n",
            "a b",
            "",
            "it's",
            "$HOME `id` \"\\",
            "new\nline",
            "*",
            "-e",
            "");
  }

  @Test
  void runsOfUserWordsAreNamedTogether() {
    List<Word> argv = new ArrayList<>(argv("mpirun"));
    argv.add(new Word.User(2, "-n"));
    argv.add(new Word.User(3, "4"));
    argv.add(Word.of("x"));
    argv.add(new Word.User(5, "app"));
    argv.add(new Word.User(6, "arg"));
    assertThat(PlanScript.exec(plan(argv), 6))
        .isEqualTo("exec -- mpirun \"${@:2:2}\" x \"${@:5}\"\n");
  }

  @Test
  void wordsOutOfOrderAndRepeatedAreNamedOneByOne() throws Exception {
    List<String> users = List.of("a", "b", "c");
    List<Word> argv = new ArrayList<>(argv("printf", "%s,"));
    for (int position : new int[] {3, 1, 1, 2}) {
      argv.add(new Word.User(position, users.get(position - 1)));
    }
    assertThat(run(PlanScript.exec(plan(argv), 3), users)).isEqualTo("c,a,a,b,");
  }

  @Test
  void variablesAreSetAndUnset() throws Exception {
    Map<String, String> set = Map.of(
        "PLAIN", "a 'b' $c\nd", "with.dot", "e=f", "UID", "7", "BASH_X", "y", "SECONDS", "s");
    LaunchPlan plan = new LaunchPlan(argv("env", "-0"), set, Set.of("GONE", "gone.too"), List.of());
    String out = run("export GONE=1\n" + PlanScript.exec(plan, 0), List.of());
    assertThat(out.split("\0"))
        .contains("PLAIN=a 'b' $c\nd", "with.dot=e=f", "UID=7", "BASH_X=y", "SECONDS=s")
        .noneMatch(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("gone"));
  }

  @Test
  void filesAreThereAndHaveNoName() throws Exception {
    LaunchFile file = new LaunchFile(
        List.of(Word.of("0-1 "), new Word.User(2, "a b"), Word.of("\n"), Word.of("%s\\n")));
    LaunchPlan plan = new LaunchPlan(
        List.of(Word.of("cat"), new Word.FilePath(0)), Map.of(), Set.of(), List.of(file));
    assertThat(run(PlanScript.exec(plan, 2), List.of("x", "a b"))).isEqualTo("0-1 a b\n%s\\n");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFilesWordsCanBeQuoted() throws Exception {
    List<Word> content = new ArrayList<>();
    List<String> users = List.of("it's", "''", "\\'&?*", "none");
    for (int i = 0; i < users.size(); i++) {
      Word.User user = new Word.User(i + 1, users.get(i));
      content.add(new Word.Replaced(user, '\'', "'\\''&"));
      content.add(Word.of("|"));
    }
    List<Word> argv = List.of(Word.of("cat"), new Word.FilePath(0));
    LaunchPlan plan = new LaunchPlan(argv, Map.of(), Set.of(), List.of(new LaunchFile(content)));
    String text = "it'\\''&s|'\\''&'\\''&|\\'\\''&&?*|none|";
    assertThat(run(PlanScript.exec(plan, users.size()), users)).isEqualTo(text);
    assertThat(run(PlanScript.print(plan), users))
        .isEqualTo("cat /dev/fd/9\n# /dev/fd/9: " + text + "\n");
  }

  @Test
  void aWordForFilesIsNoneForTheCommandLine() {
    Word word = new Word.Replaced(new Word.User(1, "a"), 'a', "b");
    assertThatThrownBy(() -> PlanScript.exec(plan(List.of(Word.of("x"), word)), 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aDryRunPrintsWhatAShellReadsBack() throws Exception {
    List<String> users = List.of("-n", "8", "./a pp", "", "ü'x");
    LaunchPlan plan = plan(argv("/opt/my mpi/mpirun"), users(users, 1));
    String line = run(PlanScript.print(plan), users);
    assertThat(line).startsWith("'/opt/my mpi/mpirun' -n 8 './a pp' '' ").endsWith("\n");
    String back = run("printf '%s\\0' " + line, List.of());
    assertThat(back.split("\0", -1))
        .containsExactly("/opt/my mpi/mpirun", "-n", "8", "./a pp", "", "ü'x", "");
  }

  @Test
  void aDryRunRunsNothing() throws Exception {
    LaunchPlan plan = plan(argv("touch", folder.resolve("made").toString()));
    run(PlanScript.print(plan), List.of());
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aCommandThatLooksLikeAnOptionIsNone() {
    assertThat(PlanScript.exec(plan(argv("-l")), 0)).isEqualTo("exec -- -l\n");
  }

  @Test
  void nulIsRefused() {
    assertThatThrownBy(() -> Word.of("a\0b"))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("NUL");
  }

  private static LaunchPlan plan(List<Word> argv) {
    return new LaunchPlan(argv, Map.of(), Set.of(), List.of());
  }

  private static LaunchPlan plan(List<Word> argv, List<Word> more) {
    List<Word> all = new ArrayList<>(argv);
    all.addAll(more);
    return plan(all);
  }

  private static List<Word> argv(String... words) {
    return Arrays.stream(words).map(Word::of).toList();
  }

  private static List<Word> users(List<String> texts, int first) {
    List<Word> words = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      words.add(new Word.User(first + i, texts.get(i)));
    }
    return words;
  }

  private String run(String script, List<String> users) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    argv.addAll(users);
    ProcessBuilder builder = new ProcessBuilder(argv).redirectErrorStream(true);
    builder.environment().put("TMPDIR", folder.toString());
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return out;
  }
}
