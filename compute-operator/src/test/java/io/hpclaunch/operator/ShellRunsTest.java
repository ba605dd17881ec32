// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.Unsupported;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whole runs on a real backend of this machine. */
@Timeout(120)
class ShellRunsTest {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("shell", Map.of());

  private final List<String> problems = new ArrayList<>();

  private ComputeOperator operator() {
    return ComputeOperator.over(hpc.backend())
        .directory(hpc.folder())
        .listener(new RunListener() {
          @Override
          public void problem(String problem) {
            problems.add(problem);
          }
        })
        .build();
  }

  private static RunSpec run(Task.Builder... tasks) {
    RunSpec.Builder run = RunSpec.builder("r");
    for (Task.Builder task : tasks) {
      run.task(task.build());
    }
    return run.build();
  }

  private RunStatus go(RunSpec run) throws InterruptedException {
    ComputeOperator operator = operator();
    operator.prepare(run);
    return operator.go(run.id());
  }

  private Path results(String task, int attempt) {
    return attempt(task, attempt).resolve("results");
  }

  private Path attempt(String task, int attempt) {
    return hpc.folder().resolve("runs/r/tasks/" + task + "/attempts/" + attempt);
  }

  private static List<String> tree(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(path -> !path.equals(folder))
          .map(path -> folder.relativize(path) + (Files.isDirectory(path) ? "/" : ""))
          .sorted()
          .toList();
    }
  }

  /** What a task leaves may have any name and be anything. */
  @Test
  void whatCannotBeCollectedIsToldAndEndsTheRun() throws Exception {
    RunStatus end = go(run(Task.builder("a")
        .shell(
            "mkdir exit_code; echo 1 > exit_code/f",
            "printf x > \"$(printf 'b\\377')\"",
            "echo 2 > good",
            "exit 3")));
    assertThat(end.task("a").state()).isEqualTo(TaskState.FAILED);
    assertThat(tree(results("a", 1)))
        .containsExactly("exit_code", "good", "stderr.log", "stdout.log");
    assertThat(results("a", 1).resolve("exit_code")).content().isEqualTo("3\n");
    assertThat(problems).singleElement().asString().contains("no UTF-8");
  }

  @Test
  void aCollectionThatNeverWorksIsGivenUp() throws Exception {
    RunSpec run = run(Task.builder("a").shell("mkdir x; echo 1 > x/f"));
    ComputeOperator operator = operator();
    operator.prepare(run);
    Files.createDirectories(results("a", 1));
    Files.writeString(results("a", 1).resolve("x"), "in the way");
    assertThatThrownBy(() -> operator.go("r"))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("results of task a cannot be collected");
    Files.delete(results("a", 1).resolve("x"));
    assertThat(operator.go("r").isOver()).isTrue();
    assertThat(results("a", 1).resolve("x/f")).exists();
  }

  @Test
  void noLinkLeadsOutOfAnInputFolder() throws Exception {
    Path input = Files.createDirectories(hpc.folder().resolve("in"));
    Files.writeString(input.resolve("f"), "f");
    Files.createSymbolicLink(input.resolve("within"), Path.of("f"));
    RunSpec run = run(Task.builder("a").shell("true").fileFromPath("tree", input));
    operator().prepare(run);
    Files.createSymbolicLink(input.resolve("out"), Path.of("/etc/hostname"));
    RunSpec other = RunSpec.builder("other")
        .task(Task.builder("a").shell("true").fileFromPath("tree", input).build())
        .build();
    assertThatThrownBy(() -> operator().prepare(other))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("leads out of its folder");
  }

  @Test
  void filesGoThereAndResultsComeBack() throws Exception {
    Path input = Files.createDirectories(hpc.folder().resolve("in put/deep"));
    Files.writeString(input.resolve("x 'y'.txt"), "from a folder");
    Files.createDirectories(hpc.folder().resolve("in put/empty"));
    Path program = Files.writeString(hpc.folder().resolve("tool"), "#!/bin/sh\necho ran >&2\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    RunStatus end = go(run(Task.builder("a")
        .shell(
            "./tool", "cat tree/deep/*.txt c.txt", "ls -d tree/empty", "mkdir out; echo 1 > out/n")
        .fileFromPath("tree", hpc.folder().resolve("in put"))
        .fileFromPath("tool", program)
        .fileFromContent("c.txt", "caf\u00e9")));
    assertThat(problems).isEmpty();
    assertThat(end.task("a").words()).isEqualTo("completed");
    assertThat(end.isWell()).isTrue();
    assertThat(tree(results("a", 1)))
        .containsExactly(
            "c.txt",
            "exit_code",
            "out/",
            "out/n",
            "stderr.log",
            "stdout.log",
            "tool",
            "tree/",
            "tree/deep/",
            "tree/deep/x 'y'.txt",
            "tree/empty/");
    assertThat(results("a", 1).resolve("stdout.log"))
        .content()
        .isEqualTo("from a foldercaf\u00e9tree/empty\n");
    assertThat(results("a", 1).resolve("stderr.log")).content().isEqualTo("ran\n");
    assertThat(results("a", 1).resolve("exit_code")).content().isEqualTo("0\n");
  }

  @Test
  void theManifestTellsHashesAndSourcesAndNeverContent() throws Exception {
    Path file = Files.writeString(hpc.folder().resolve("f"), "abc");
    operator()
        .prepare(run(Task.builder("a")
            .shell("true")
            .env("API_KEY", "hush")
            .fileFromPath("in/f", file)
            .fileFromContent("g", "a secret text")));
    String text = Files.readString(attempt("a", 1).resolve("manifest.json"));
    assertThat(text).doesNotContain("a secret text").doesNotContain("hush");
    JsonObject manifest = JsonParser.parseString(text).getAsJsonObject();
    assertThat(manifest.get("version").getAsInt()).isEqualTo(1);
    JsonObject first = manifest.getAsJsonArray("files").get(0).getAsJsonObject();
    assertThat(first.get("path").getAsString()).isEqualTo("in/f");
    assertThat(first.get("bytes").getAsLong()).isEqualTo(3);
    assertThat(first.get("sha256").getAsString())
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(first.get("source").getAsString()).isEqualTo(file.toString());
    byte[] configuration = Files.readAllBytes(attempt("a", 1).resolve("config.json"));
    assertThat(new String(configuration, java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"type\": \"shell\"")
        .doesNotContain("hush");
    assertThat(manifest.get("configuration_sha256").getAsString())
        .isEqualTo(Hashes.sha256(configuration));
  }

  @Test
  void eachStepCanBeRepeatedAndChangesNothing() throws Exception {
    ComputeOperator operator = operator();
    RunSpec run = run(Task.builder("a").shell("echo one >> again", "mkdir d; echo x > d/f"));
    operator.prepare(run);
    String token = operator.prepare(run).task("a").attempt().token().value();
    operator.submit("r");
    Attempt submitted = operator.submit("r").task("a").attempt();
    assertThat(submitted.token().value()).isEqualTo(token);
    assertThat(submitted.job()).isNotNull();
    hpc.until("the job has ended", () -> operator.poll("r").task("a").state().isFinal());
    assertThat(operator.submit("r").task("a").attempt().number()).isEqualTo(1);
    operator.collect("r");
    List<String> before = tree(results("a", 1));
    FileTime time = Files.getLastModifiedTime(results("a", 1).resolve("d/f"));
    Files.setLastModifiedTime(results("a", 1).resolve("exit_code"), FileTime.from(Instant.EPOCH));
    operator.collect("r");
    assertThat(tree(results("a", 1))).isEqualTo(before);
    assertThat(Files.getLastModifiedTime(results("a", 1).resolve("d/f"))).isEqualTo(time);
    assertThat(Files.getLastModifiedTime(results("a", 1).resolve("exit_code")).toInstant())
        .isEqualTo(Instant.EPOCH);
    assertThat(results("a", 1).resolve("again")).content().isEqualTo("one\n");
  }

  @Test
  void aRunOfOtherTasksDoesNotTakeTheId() {
    ComputeOperator operator = operator();
    operator.prepare(run(Task.builder("a").shell("true")));
    assertThatThrownBy(() -> operator.prepare(run(Task.builder("a").shell("false"))))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("prepared from other tasks");
    assertThatThrownBy(
            () -> operator.prepare(run(Task.builder("a").shell("true").fileFromContent("x", "1"))))
        .isInstanceOf(InvalidJob.class);
  }

  @Test
  void aMissingInputFailsBeforeAnythingRuns() {
    RunSpec run = run(
        Task.builder("a").shell("true"),
        Task.builder("b").shell("true").fileFromPath("x", hpc.folder().resolve("none")));
    assertThatThrownBy(() -> operator().prepare(run))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("task b: input file")
        .hasMessageContaining("none does not exist");
    assertThat(hpc.folder().resolve("runs")).isEmptyDirectory();
  }

  @Test
  void anInputThatWasChangedSincePreparationFailsItsTask() throws Exception {
    Path file = Files.writeString(hpc.folder().resolve("f"), "abc");
    ComputeOperator operator = operator();
    operator.prepare(run(Task.builder("a").shell("cat f").fileFromPath("f", file)));
    Files.writeString(file, "xyz");
    RunStatus end = operator.go("r");
    assertThat(end.task("a").cause()).isEqualTo(FailureCause.STAGING);
    assertThat(end.task("a").reason()).contains("was changed since");
    operator.retry("r", RetryRequest.ALL);
    assertThat(operator.go("r").isWell()).isTrue();
    assertThat(results("a", 2).resolve("stdout.log")).content().isEqualTo("xyz");
  }

  @Test
  void resultsOfAFailureAreCollectedToo() throws Exception {
    RunStatus end = go(run(
        Task.builder("a").shell("echo out; echo err >&2; echo r > result; exit 3"),
        Task.builder("b").shell("kill -9 $$")));
    assertThat(end.isWell()).isFalse();
    assertThat(end.task("a").words()).isEqualTo("failed: exit status 3");
    assertThat(results("a", 1).resolve("exit_code")).content().isEqualTo("3\n");
    assertThat(results("a", 1).resolve("result")).content().isEqualTo("r\n");
    assertThat(end.task("b").cause()).isEqualTo(FailureCause.SIGNAL);
    assertThat(results("b", 1).resolve("exit_code")).content().isEqualTo("137\n");
  }

  @Test
  void patternsChooseAndTheLogsComeAlways() throws Exception {
    RunStatus end = go(run(Task.builder("a")
        .shell(
            "mkdir -p out/raw tmp empty",
            "echo 1 > out/a.json; echo 2 > out/raw/b.json; echo 3 > tmp/c.json; echo 4 > d.txt",
            "echo mine > exit_code")
        .download("*.json")
        .doNotDownload("tmp/*", "out/raw")));
    assertThat(end.isWell()).isTrue();
    assertThat(tree(results("a", 1)))
        .containsExactly("exit_code", "out/", "out/a.json", "stderr.log", "stdout.log");
    assertThat(results("a", 1).resolve("exit_code")).content().isEqualTo("0\n");
  }

  @Test
  void aFailureEndsItsDependentsUnlessTheyAllowIt() throws Exception {
    RunStatus end = go(run(
        Task.builder("bad").shell("exit 1"),
        Task.builder("child").shell("true").dependsOn("bad"),
        Task.builder("grandchild").shell("true").dependsOn("child"),
        Task.builder("tolerant").shell("true").dependsOn("bad").allowDependencyFailure(true),
        Task.builder("allowed").shell("exit 2").allowFailure(true),
        Task.builder("after").shell("true").dependsOn("allowed")));
    assertThat(end.isOver()).isTrue();
    assertThat(end.task("child").words())
        .isEqualTo("failed: dependency (task bad failed: exit status 1)");
    assertThat(end.task("grandchild").cause()).isEqualTo(FailureCause.DEPENDENCY);
    assertThat(end.task("grandchild").reason()).startsWith("task child failed: dependency");
    assertThat(end.task("tolerant").state()).isEqualTo(TaskState.COMPLETED);
    assertThat(end.task("allowed").state()).isEqualTo(TaskState.FAILED);
    assertThat(end.task("after").state()).isEqualTo(TaskState.COMPLETED);
  }

  @Test
  void dependentsStartWhenTheirParentsHaveCompleted() throws Exception {
    Path order = hpc.folder().resolve("order");
    RunStatus end = go(run(
        Task.builder("c")
            .command("sh", "-c", "echo c >> \"$1\"", "sh", order.toString())
            .dependsOn("b"),
        Task.builder("b")
            .command("sh", "-c", "echo b >> \"$1\"", "sh", order.toString())
            .dependsOn("a"),
        Task.builder("a").command("sh", "-c", "echo a >> \"$1\"", "sh", order.toString())));
    assertThat(end.isWell()).isTrue();
    assertThat(order).content().isEqualTo("a\nb\nc\n");
  }

  @Test
  void retriesWithMoreMemoryAndTimeUntilItIsWell() throws Exception {
    Path counter = hpc.folder().resolve("counter");
    RunStatus end = go(RunSpec.builder("r")
        .retry(RetryPolicy.times(3).memoryFactor(2).timeFactor(1.5))
        .task(Task.builder("a")
            .command(
                "sh",
                "-c",
                "echo x >> \"$1\"; test $(wc -l < \"$1\") -ge 3",
                "sh",
                counter.toString())
            .memory(64L << 20)
            .timeLimitMinutes(2)
            .build())
        .build());
    assertThat(end.isWell()).isTrue();
    assertThat(end.task("a").attempt().number()).isEqualTo(3);
    assertThat(end.task("a").attempt().memory()).isEqualTo(256L << 20);
    assertThat(end.task("a").attempt().timeLimit()).hasSeconds(270);
    assertThat(results("a", 1).resolve("exit_code")).content().isEqualTo("1\n");
    assertThat(results("a", 3).resolve("exit_code")).content().isEqualTo("0\n");
  }

  @Test
  void retriesAfterTheCausesOnlyThatAreNamed() throws Exception {
    RunStatus end = go(RunSpec.builder("r")
        .retry(RetryPolicy.times(2).causes(FailureCause.TIMEOUT))
        .task(Task.builder("a").shell("exit 1").build())
        .build());
    assertThat(end.task("a").attempt().number()).isEqualTo(1);
  }

  @Test
  void aRetryByHandRevivesDependents() throws Exception {
    Path flag = hpc.folder().resolve("flag");
    ComputeOperator operator = operator();
    RunStatus end = go(run(
        Task.builder("a").command("test", "-e", flag.toString()).memory(64L << 20),
        Task.builder("b").shell("true").dependsOn("a")));
    assertThat(end.task("b").state()).isEqualTo(TaskState.FAILED);
    assertThatThrownBy(() -> operator.retry("r", RetryRequest.of("b")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("retry the task that it waits for");
    Files.createFile(flag);
    operator.retry("r", new RetryRequest(List.of("a"), 128L << 20, null));
    RunStatus again = operator.go("r");
    assertThat(again.isWell()).isTrue();
    assertThat(again.task("a").attempt().memory()).isEqualTo(128L << 20);
    assertThatThrownBy(() -> operator.retry("r", RetryRequest.of("a")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("only what failed");
  }

  @Test
  void noMoreThanTheLimitAreSubmittedAtOnce() throws Exception {
    ComputeOperator operator = operator();
    Path gate = hpc.folder().resolve("gate");
    RunSpec.Builder run = RunSpec.builder("r").limits(RunSpec.Limits.total(3).backend("shell", 2));
    for (int i = 0; i < 5; i++) {
      run.task(Task.builder("t" + i)
          .command("sh", "-c", "until test -e \"$1\"; do sleep 0.05; done", "sh", gate.toString())
          .build());
    }
    operator.prepare(run.build());
    assertThat(active(operator.submit("r"))).isEqualTo(2);
    assertThat(active(operator.submit("r"))).isEqualTo(2);
    Files.createFile(gate);
    assertThat(operator.go("r").isWell()).isTrue();
  }

  private static long active(RunStatus status) {
    return status.tasks().stream().filter(task -> task.state().isActive()).count();
  }

  @Test
  void whatIsCancelledEndsAndWhatWaitedNeverStarts() throws Exception {
    ComputeOperator operator = operator();
    operator.prepare(run(
        Task.builder("long").shell("sleep 600"),
        Task.builder("later").shell("true").dependsOn("long")));
    assertThat(operator.submit("r").task("later").words()).isEqualTo("waiting (waits for long)");
    operator.cancel("r", List.of());
    RunStatus end = operator.go("r");
    assertThat(end.task("long").state()).isEqualTo(TaskState.CANCELLED);
    assertThat(end.task("later").state()).isEqualTo(TaskState.CANCELLED);
    assertThat(end.task("later").attempt().job()).isNull();
    operator.retry("r", RetryRequest.of("later"));
    assertThat(operator.status("r").task("later").cause()).isEqualTo(FailureCause.DEPENDENCY);
  }

  @Test
  void aClientWithAnotherStateFolderRunsNothingTwice() throws Exception {
    ComputeOperator operator = operator();
    operator.prepare(run(Task.builder("a").shell("sleep 600")));
    operator.submit("r");
    try (HpcRuntime stranger = HpcRuntime.builder()
        .stateDirectory(hpc.folder().resolve("another"))
        .workingDirectory(hpc.folder())
        .build()) {
      ComputeOperator other = ComputeOperator.over(stranger.backend("shell"))
          .directory(hpc.folder())
          .build();
      for (ThrowingCallable step : List.<ThrowingCallable>of(
          () -> other.poll("r"), () -> other.go("r"), () -> other.cancel("r", List.of()))) {
        assertThatThrownBy(step)
            .isInstanceOf(InvalidConfiguration.class)
            .hasMessageContainingAll("HPC_STATE_DIR", "registers.json");
      }
    }
    operator.cancel("r", List.of());
    assertThat(operator.go("r").task("a"))
        .as("%s", problems)
        .returns(TaskState.CANCELLED, TaskStatus::state);
  }

  @Test
  void whatTheBackendCannotDoIsRefusedBeforeAnythingRuns() {
    assertThatThrownBy(
            () -> operator().prepare(run(Task.builder("a").shell("true").image("ubuntu:22.04"))))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("task a needs containers");
  }

  @Test
  void takesAnyPluginsObject() throws Exception {
    Map<String, Object> entry =
        Map.of("name", "mine", "workspace", hpc.workspace().toString());
    ComputeOperator operator = ComputeOperator.over(
            hpc.runtime().open(new io.hpclaunch.shell.ShellBackend(), entry))
        .directory(hpc.folder())
        .build();
    operator.prepare(run(Task.builder("a").shell("true")));
    RunStatus end = operator.go("r");
    assertThat(end.isWell()).isTrue();
    assertThat(end.task("a").attempt().backend()).isEqualTo("mine");
    assertThat(String.valueOf(end.task("a").attempt().job())).startsWith("mine:");
  }

  @Test
  void whatMayBeSecretIsForItsOwnerOnly() throws Exception {
    operator()
        .prepare(run(Task.builder("a").shell("true").env("K", "v").fileFromContent("f", "x")));
    Path folder = hpc.folder().resolve("runs/r");
    try (Stream<Path> contents = Files.list(folder.resolve("content"))) {
      for (Path each :
          Stream.concat(contents, Stream.of(folder.resolve("run.json"))).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .isEqualTo("rw-------");
      }
    }
  }

  @Test
  void aSharedInputIsUploadedOnce() throws Exception {
    Path file = Files.writeString(hpc.folder().resolve("f"), "abc");
    List<Long> uploaded = new ArrayList<>();
    ComputeOperator operator = ComputeOperator.over(hpc.backend())
        .directory(hpc.folder())
        .listener(new RunListener() {
          @Override
          public void uploading(String task, long files, long bytes) {
            uploaded.add(files);
          }
        })
        .build();
    operator.prepare(run(
        Task.builder("a")
            .shell("cmp x y && echo more >> x")
            .fileFromPath("x", file)
            .fileFromPath("y", file),
        Task.builder("b")
            .shell("test $(cat x) = abc")
            .fileFromContent("x", "abc")
            .dependsOn("a")));
    assertThat(operator.go("r").isWell()).isTrue();
    assertThat(uploaded).containsExactly(1L);
  }

  @Test
  void listsRunsAndNamesThemWhereOneIsMissing() {
    ComputeOperator operator = operator();
    assertThat(operator.list()).isEmpty();
    operator.prepare(run(Task.builder("a").shell("true")));
    assertThat(operator.list()).extracting(RunStatus::run).containsExactly("r");
    assertThatThrownBy(() -> operator.status("q"))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("no run 'q'")
        .hasMessageContaining("there are: r");
    assertThatThrownBy(() -> operator.status("../r")).isInstanceOf(InvalidJob.class);
  }

  @Test
  void aDamagedFileIsToldWithItsName() throws Exception {
    ComputeOperator operator = operator();
    operator.prepare(run(Task.builder("a").shell("true")));
    Path file = attempt("a", 1).resolve("attempt.json");
    Files.writeString(file, Files.readString(file).substring(0, 40));
    assertThatThrownBy(() -> operator.status("r")).hasMessageContaining("attempt.json is damaged");
  }
}
