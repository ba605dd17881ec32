// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs by the command {@code hpc run}, as a user has it, on this machine. */
class HpcRunIT extends JobsByCommand {
  private static final String TWO_TASKS = """
      tasks:
        - task_id: make
          command: "cat in.txt greeting > out.txt; echo made"
          files:
            in.txt: {path: data/in.txt}
            greeting: {content: "caf\u00e9 'quoted' $HOME"}
          download_patterns: {include: ["out*"]}
        - task_id: use
          command: [sh, -c, 'echo "$1"; exit 3', sh, "a  b"]
          dependencies: [make]
          allow_failure: true
      """;

  @BeforeEach
  void jobsRunHere() {
    hpc.with("HPC_SHELL_IDLE", "1");
    hpc.with("HPC_BACKEND", "shell");
  }

  /** The agent ends when it is idle. */
  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
    String spools = state.resolve("shell").toString();
    await(
        "the agent ends",
        () -> agents().stream().noneMatch(Files::exists)
            && ProcessHandle.allProcesses()
                .noneMatch(each -> each.info().commandLine().orElse("").contains(spools)));
  }

  private List<Path> agents() throws IOException {
    Path spools = state.resolve("shell");
    if (!Files.isDirectory(spools)) {
      return List.of();
    }
    try (Stream<Path> hosts = Files.list(spools)) {
      return hosts.map(host -> host.resolve("agent")).toList();
    }
  }

  private Path results(String task, int attempt) {
    return folder.resolve("runs/work/tasks/" + task + "/attempts/" + attempt + "/results");
  }

  private void write(String yaml) throws IOException {
    Files.createDirectories(folder.resolve("data"));
    hpc.write("data/in.txt", "from a file, ");
    hpc.write("work.yaml", yaml);
  }

  @Test
  void goDoesAllAndAgainDoesNothing() throws Exception {
    write(TWO_TASKS);
    Result first = hpc.hpc("run", "go", "work.yaml").ok();
    assertThat(first.out()).contains("make  completed", "use   failed", "exit status 3");
    assertThat(first.err()).contains("hpc: task use failed: exit status 3");
    assertThat(results("make", 1).resolve("out.txt"))
        .content()
        .isEqualTo("from a file, caf\u00e9 'quoted' $HOME");
    assertThat(results("make", 1).resolve("stdout.log")).content().isEqualTo("made\n");
    assertThat(results("use", 1).resolve("stdout.log")).content().isEqualTo("a  b\n");
    assertThat(results("use", 1).resolve("exit_code")).content().isEqualTo("3\n");
    Result again = hpc.hpc("run", "go", "work").ok();
    assertThat(again.out()).isEqualTo(first.out());
    List<JsonObject> tasks = jobs("run", "status", "work.yaml", "--json");
    assertThat(tasks).hasSize(2);
    assertThat(text(tasks.get(0), "state")).isEqualTo("completed");
    assertThat(text(tasks.get(0), "id")).startsWith("shell:");
    assertThat(text(tasks.get(1), "cause")).isEqualTo("exit_code");
    assertThat(tasks.get(1).get("exit_code").getAsInt()).isEqualTo(3);
    assertThat(jobs("status", "--all", "--json")).hasSize(2);
    assertThat(hpc.hpc("run", "list").ok().out())
        .contains("RUN", "work  2      1 completed, 1 failed");
    assertThat(text(jobs("run", "list", "--json").get(0), "run")).isEqualTo("work");
  }

  @Test
  void theStepsOneByOne() throws Exception {
    write(TWO_TASKS);
    assertThat(hpc.hpc("run", "prepare", "work.yaml").ok().out()).isEqualTo("work\n");
    assertThat(hpc.hpc("run", "prepare", "work.yaml").ok().out()).isEqualTo("work\n");
    assertThat(hpc.hpc("run", "status", "work").ok().out()).contains("waits for make");
    hpc.hpc("run", "submit", "work").ok();
    await("the first has ended", () -> hpc.hpc("run", "poll", "work").out().contains("completed"));
    hpc.hpc("run", "submit", "work").ok();
    await("the second has ended", () -> hpc.hpc("run", "poll", "work").out().contains("failed"));
    assertThat(hpc.hpc("run", "status", "work").ok().out()).contains("not collected yet");
    hpc.hpc("run", "collect", "work").ok();
    assertThat(results("make", 1).resolve("out.txt")).exists();
    assertThat(jobs("status", "--all", "--json")).hasSize(2);
  }

  @Test
  void whoIsEndedTellsThatTheJobsGoOnAndTheNextTakesTheRunUp() throws Exception {
    write("""
        tasks:
          - {task_id: long, command: "until test -e gate; do sleep 0.05; done"}
        """);
    Process go = start("go", "run", "go", "work.yaml");
    await("the job runs", () -> hpc.hpc("run", "status", "work").out().contains("running"));
    go.destroy();
    assertThat(status(go)).isEqualTo(143);
    assertThat(content("go.err")).contains("the jobs of run work go on; 'hpc run go work'");
    String directory = text(jobs("run", "status", "work", "--json").get(0), "directory");
    Files.createFile(Path.of(directory, "gate"));
    assertThat(hpc.hpc("run", "go", "work").ok().out()).contains("completed");
  }

  @Test
  void failuresAreTriedAgainByHandAndCancelledOnesToo() throws Exception {
    write("""
        tasks:
          - {task_id: fails, command: "test -e %s/flag", memory_gb: 0.1}
          - {task_id: long, command: "sleep 600"}
          - {task_id: after, command: "true", dependencies: [fails]}
        """.formatted(folder));
    hpc.hpc("run", "prepare", "work.yaml").ok();
    hpc.hpc("run", "submit", "work").ok();
    hpc.hpc("run", "cancel", "work", "long").ok();
    Result end = hpc.hpc("run", "go", "work");
    assertThat(end.status()).isEqualTo(1);
    assertThat(end.out()).contains("cancelled", "dependency (task fails failed: exit status 1)");
    Files.createFile(folder.resolve("flag"));
    assertThat(hpc.hpc("run", "retry", "work", "after").err())
        .contains("retry the task that it waits for");
    hpc.hpc("run", "retry", "work", "fails", "--mem", "200M").ok();
    Result again = hpc.hpc("run", "go", "work");
    assertThat(again.out()).contains("fails  completed  2", "after  completed  1");
    assertThat(again.status()).as("one is cancelled still").isEqualTo(1);
  }

  @Test
  void runsLieWhereTheyAreToLie() throws Exception {
    write(TWO_TASKS);
    hpc.hpc("run", "prepare", "work.yaml", "--run-dir", "else where", "--run", "other")
        .ok();
    assertThat(folder.resolve("else where/runs/other/run.json")).exists();
    assertThat(hpc.hpc("run", "list", "--run-dir", "else where").ok().out()).contains("other");
    assertThat(hpc.hpc("run", "status", "other").status()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run go none.yaml          | 2 | none.yaml: cannot be read: no such file",
        "run go bad.yaml           | 2 | bad.yaml:2: unknown key 'comand' in tasks[0]: did you mean 'command'?",
        "run status none           | 2 | there is no run 'none' in",
        "run status ../up          | 2 | ../up: cannot be read",
        "run go -b nowhere ok.yaml | 2 | unknown backend 'nowhere'",
        "run go none --run x       | 2 | --run is for a run that is prepared from a file",
        "run                       | 2 | no command given",
        "run og                    | 2 | unknown",
        "run retry ok.yaml         | 2 | there is no run 'ok'",
        "run go missing.yaml       | 2 | task a: input file",
      })
  void errorsAreOneLineThatSaysWhatToDo(String words, int status, String message) throws Exception {
    hpc.write("bad.yaml", "tasks:\n  - {task_id: a, comand: x}\n");
    hpc.write("ok.yaml", "tasks:\n  - {task_id: a, command: x}\n");
    hpc.write("missing.yaml", "- {task_id: a, command: x, files: {f: {path: gone}}}\n");
    Result result = hpc.hpc(words.split(" "));
    assertThat(result.err()).contains(message);
    assertThat(result.err().lines()).hasSize(1);
    assertThat(result.status()).isEqualTo(status);
    assertThat(folder.resolve("runs/a")).doesNotExist();
  }
}
