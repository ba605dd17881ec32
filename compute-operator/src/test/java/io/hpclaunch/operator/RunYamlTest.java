// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.StagedFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunYamlTest {
  @TempDir
  private Path folder;

  private RunSpec read(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("night.tasks.yaml"), text);
    return RunYaml.read(file, "night.tasks.yaml", null);
  }

  private void refused(String text, String... words) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InvalidConfiguration.class)
        .message()
        .contains(words)
        .doesNotContain("\n");
  }

  @Test
  void readsEveryField() throws IOException {
    RunSpec run = read("""
        run: nightly-1
        backend: cluster
        limits: {total: 20, per_backend: 10, backends: {cluster: 5}}
        retry: {max: 1}
        id_deadline_minutes: 5
        tasks:
          - task_id: mesh
            command: "./mesh > grid"
          - task_id: solve
            command: [./solve, "a b", "3"]
            image: ubuntu:22.04
            files:
              in/a.txt: {path: data/a.txt}
              b.txt: {content: "data/a.txt"}
            cores: 8
            memory_gb: 1.5
            gpus: 2
            time_limit_minutes: 90
            env: {A: b, N: 3, T: true, GONE: null}
            download_patterns: {include: ["*.json"], exclude: [tmp]}
            dependencies: [mesh]
            allow_failure: true
            allow_dependency_failure: true
            retry: {max: 2, memory_factor: 2, time_factor: 1.5, causes: [out_of_memory, timeout]}
            backend: other
        """);
    assertThat(run.id()).isEqualTo("nightly-1");
    assertThat(run.backend()).isEqualTo("cluster");
    assertThat(run.limits().of("cluster")).isEqualTo(5);
    assertThat(run.limits().of("other")).isEqualTo(10);
    assertThat(run.limits().total()).isEqualTo(20);
    assertThat(run.idDeadline()).hasMinutes(5);
    Task mesh = run.tasks().get(0);
    assertThat(mesh.program()).isEqualTo(new JobSpec.Shell(List.of("./mesh > grid")));
    assertThat(mesh.image()).isNull();
    assertThat(run.retry(mesh)).isEqualTo(RetryPolicy.times(1));
    Task solve = run.tasks().get(1);
    assertThat(solve.program()).isEqualTo(new JobSpec.Command(List.of("./solve", "a b", "3")));
    assertThat(solve.image()).isEqualTo("ubuntu:22.04");
    assertThat(solve.files().get(0))
        .isEqualTo(StagedFile.path(folder.resolve("data/a.txt"), "in/a.txt"));
    assertThat(((StagedFile.FromContent) solve.files().get(1)).content())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("data/a.txt");
    assertThat(solve.cores()).isEqualTo(8);
    assertThat(solve.memory()).isEqualTo(1536L << 20);
    assertThat(solve.gpus()).isEqualTo(2);
    assertThat(solve.timeLimit()).isEqualTo(Duration.ofMinutes(90));
    assertThat(solve.env())
        .containsEntry("N", "3")
        .containsEntry("T", "true")
        .containsEntry("GONE", null);
    assertThat(solve.downloadPatterns())
        .isEqualTo(new DownloadPatterns(List.of("*.json"), List.of("tmp")));
    assertThat(solve.dependencies()).containsExactly("mesh");
    assertThat(solve.allowFailure()).isTrue();
    assertThat(solve.allowDependencyFailure()).isTrue();
    assertThat(run.retry(solve))
        .isEqualTo(
            new RetryPolicy(2, 2, 1.5, Set.of(FailureCause.OUT_OF_MEMORY, FailureCause.TIMEOUT)));
    assertThat(solve.backend()).isEqualTo("other");
  }

  @Test
  void aListOfTasksIsARunNamedByItsFile() throws IOException {
    RunSpec run = read("- {task_id: a, command: 'true'}\n");
    assertThat(run.id()).isEqualTo("night");
    assertThat(run.tasks()).hasSize(1);
  }

  @Test
  void aNameThatIsGivenBeatsTheFiles() throws IOException {
    Path file = Files.writeString(
        folder.resolve("a.yaml"), "run: x\ntasks: [{task_id: a, command: 'true'}]\n");
    assertThat(RunYaml.read(file, "a.yaml", "given").id()).isEqualTo("given");
    assertThat(RunYaml.read(file, "a.yaml", null).id()).isEqualTo("x");
  }

  @Test
  void anUnknownKeyIsNamedWithItsPlaceAndTheClosest() {
    refused("""
        tasks:
          - task_id: a
            comand: "true"
        """, "night.tasks.yaml:3", "unknown key 'comand'", "did you mean 'command'?");
    refused("tasks: []\nbackends: x\n", "night.tasks.yaml:2", "'backends'", "'backend'");
  }

  @Test
  void aFileIsNeverGuessedFromAText() {
    refused("""
        tasks:
          - task_id: a
            command: "true"
            files: {run.py: run.py}
        """, "night.tasks.yaml:4", "files.run.py", "{path: FILE}", "{content: TEXT}");
    refused("""
        tasks:
          - task_id: a
            command: "true"
            files:
              run.py: {path: a, content: b}
        """, "night.tasks.yaml:5", "either a path or content");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task_id: ../up                          | names a folder",
        "task_id: 'a/b'                          | names a folder",
        "task_id: .hidden                        | names a folder",
        "task_id: ''                             | names a folder",
        "{task_id: a, cores: 0}                  | cores",
        "{task_id: a, cores: many}               | a whole number",
        "{task_id: a, memory_gb: -1}             | above zero",
        "{task_id: a, gpus: -1}                  | 0 or more",
        "{task_id: a, time_limit_minutes: 1.5}   | a whole number",
        "{task_id: a, files: {../x: {content: a}}}        | ../x",
        "{task_id: a, files: {/x: {content: a}}}          | /x",
        "{task_id: a, files: {stdout.log: {content: a}}}  | its own stdout.log",
        "{task_id: a, files: {x: {content: a}, x/y: {content: b}}} | would be in it",
        "{task_id: a, dependencies: [b]}         | no such task",
        "{task_id: a, dependencies: [a]}         | in a circle: a -> a",
        "{task_id: a, retry: {max: -1}}          | 0 or more",
        "{task_id: a, retry: {memory_factor: 2}} | memory_gb, which is not given",
        "{task_id: a, retry: {time_factor: 0.5}} | from 1 upwards",
        "{task_id: a, retry: {causes: [oom]}}    | there are exit_code",
        "{task_id: a, retry: {causes: [dependency]}}      | retry those",
        "{task_id: a, env: {A=B: c}}             | A=B",
        "{task_id: a, download_patterns: {include: ['']}} | empty pattern",
        "{task_id: a, download_patterns: '*'}    | must be a map",
        "{task_id: a, allow_failure: 1}          | true or false",
        "{cores: 1}                              | no task_id",
      })
  void refusesWhatCannotBe(String task, String words) {
    String flow = task.startsWith("{") ? task : "{" + task + "}";
    String whole = flow.replaceFirst("}$", ", command: 'true'}");
    refused("tasks:\n  - " + whole + "\n", "night.tasks.yaml:", words);
  }

  @Test
  void refusesTasksWithoutACommandAndRunsWithoutTasks() {
    refused("tasks:\n  - task_id: a\n", "no command");
    refused("tasks:\n  - {task_id: a, command: []}\n", "empty command");
    refused("tasks: []\n", "has no tasks");
    refused("backend: x\n", "has no tasks");
    refused("just text\n", "must be a map");
  }

  @Test
  void refusesCirclesAndDuplicates() {
    refused("""
        tasks:
          - {task_id: free, command: x}
          - {task_id: a, command: x, dependencies: [c]}
          - {task_id: b, command: x, dependencies: [a]}
          - {task_id: c, command: x, dependencies: [b, free]}
        """, "in a circle: ", "a -> c -> b -> a");
    refused(
        "tasks:\n  - {task_id: a, command: x}\n  - {task_id: a, command: y}\n",
        "two tasks with the id 'a'");
    refused(
        "tasks:\n  - {task_id: a, command: x}\n  - {task_id: A, command: y}\n",
        "capital letters only");
  }

  @Test
  void aChainOfManyTasksIsNoCircle() throws IOException {
    StringBuilder text = new StringBuilder("tasks:\n  - {task_id: t0, command: x}\n");
    for (int i = 1; i < 3_000; i++) {
      text.append("  - {task_id: t%d, command: x, dependencies: [t%d]}%n".formatted(i, i - 1));
    }
    assertThat(read(text.toString()).tasks()).hasSize(3_000);
  }

  @Test
  void aMissingFileIsOneLine() {
    assertThatThrownBy(() -> RunYaml.read(folder.resolve("none.yaml"), "none.yaml", null))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessage("none.yaml: cannot be read: no such file");
  }
}
