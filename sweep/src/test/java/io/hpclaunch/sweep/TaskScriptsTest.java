// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.core.store.SpecJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a task's job runs, by shells that nodes may have. */
class TaskScriptsTest {
  @TempDir
  Path folder;

  private SweepFolder made(String yaml, Submission... later) {
    Sweep sweep = Sweep.parse(yaml, "s.yaml", folder);
    int count = sweep.combinations().size();
    SweepFolder.Begun begun =
        new SweepFolder.Begun("s's", Instant.now(), count, folder.toString(), folder.toString());
    SweepFolder made = SweepFolder.create(
        folder.resolve("it's $HOME"), begun, sweep, sweep.command(), submission(1, count));
    for (Submission each : later) {
      assertThat(made.begin(each)).isTrue();
      assertThat(made.begin(each)).as("a number is taken once").isFalse();
    }
    return made;
  }

  private static Submission submission(int number, int count) {
    return submission(number, TaskSet.first(count));
  }

  private static Submission submission(int number, TaskSet tasks) {
    String spec = SpecJson.write(JobSpec.builder("s").shell(":").build());
    return new Submission(number, "b", true, tasks, null, "seed", spec, Instant.now(), false, null);
  }

  private static int run(String shell, SweepFolder sweep, Submission submission, int index)
      throws Exception {
    ProcessBuilder sh = new ProcessBuilder(
            shell, "-c", String.join("\n", TaskScripts.lines(sweep.scripts(), submission, 0)))
        .inheritIO();
    sh.environment().put("HPC_ARRAY_INDEX", Integer.toString(index));
    return sh.start().waitFor();
  }

  private static Stream<String> shells() {
    return Stream.of("/bin/sh", "/bin/bash").filter(shell -> Files.isExecutable(Path.of(shell)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b", "it's", "$HOME `id`", "line\nend\n", "\r\n", "a|b;c", "\\", "%s", "☃", ""})
  void everyShellReadsTheValue(String value) throws Exception {
    SweepFolder sweep = made("{grid: {v: [" + Jsons.quote(value) + "]}, command: [sh, -c,"
        + " 'printf %s \"$1|$HPC_PARAM_v|$HPC_SWEEP_ID\" >\"$HPC_TASK_DIR/got\"; exit 3', x,"
        + " '{v}']}");
    for (String shell : shells().toList()) {
      assertThat(run(shell, sweep, submission(1, 1), 1)).as(shell).isEqualTo(3);
      assertThat(Files.readString(sweep.task(1).resolve("got")))
          .as(shell)
          .isEqualTo(value + "|" + value + "|s's");
      assertThat(sweep.status(1))
          .containsEntry("state", "failed")
          .containsEntry("exit_code", "3")
          .containsKeys("started", "ended");
    }
  }

  @Test
  void aPlaceInAMapIsATask() throws Exception {
    TaskSet some = TaskSet.parse("7,1001-2500", "t", 3000);
    Submission second = submission(2, some);
    SweepFolder sweep =
        made("{grid: {v: {range: [3000]}}, command: 'echo $HPC_TASK_INDEX {v}'}", second);
    for (int place : new int[] {1, 2, 1000, 1001, 1501}) {
      int task = some.toArray()[place - 1];
      for (String shell : shells().toList()) {
        assertThat(run(shell, sweep, second, place)).isZero();
        assertThat(sweep.log(task)).hasContent(task + " " + (task - 1) + "\n");
        assertThat(sweep.status(task)).containsEntry("submission", "2");
      }
    }
  }

  @Test
  void aTaskThatIsNotThereIsTold() throws Exception {
    SweepFolder sweep = made("command: ['true']");
    assertThat(run("/bin/sh", sweep, submission(1, 2), 2)).isEqualTo(1);
    assertThat(sweep.log(2)).content().contains("there is no task 2");
  }

  @Test
  void aSignalToTheGroupIsTheProgramsToAnswer() throws Exception {
    SweepFolder sweep = made("command: 'trap \"echo saved; exit 0\" TERM; kill -TERM 0; sleep 5'");
    ProcessBuilder group = new ProcessBuilder(
        "setsid",
        "-w",
        "/bin/sh",
        "-c",
        String.join("\n", TaskScripts.lines(sweep.scripts(), submission(1, 1), 0)));
    group.environment().put("HPC_ARRAY_INDEX", "1");
    assertThat(group.inheritIO().start().waitFor()).isZero();
    assertThat(sweep.log(1)).hasContent("saved\n");
    assertThat(sweep.status(1)).containsEntry("state", "completed");
  }

  @Test
  void manyTasksAreFewFiles() throws IOException {
    long start = System.nanoTime();
    SweepFolder sweep = made("{grid: {v: {range: [100000]}}, command: [train, '{args}']}");
    long files;
    try (Stream<Path> all = Files.walk(sweep.path())) {
      files = all.filter(Files::isRegularFile).count();
    }
    assertThat(files).isEqualTo(100_000 / TaskScripts.CHUNK + 5);
    assertThat((System.nanoTime() - start) / 1e9)
        .as(() -> String.format(Locale.ROOT, "seconds for %d files", files))
        .isLessThan(60);
    assertThat(List.of(sweep.submissions(100_000).get(0).tasks().toString()))
        .containsExactly("1-100000");
  }
}
