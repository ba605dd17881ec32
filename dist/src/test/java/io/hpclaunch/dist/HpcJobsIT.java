// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import io.hpclaunch.dist.Installation.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs by the command {@code hpc}, as a user has it, on this machine. */
class HpcJobsIT extends JobsByCommand {
  @BeforeEach
  void jobsRunHere() {
    hpc.with("HPC_SHELL_IDLE", "1");
    hpc.with("HPC_BACKEND", "shell");
  }

  /** The agent ends when it is idle. */
  @AfterEach
  void leaveNothing() throws Exception {
    endJobs();
    await("the agent ends", () -> agents().stream().noneMatch(Files::exists) && isQuiet());
  }

  /** An agent that is only just starting has not said so yet. */
  private boolean isQuiet() {
    String spools = state.resolve("shell").toString();
    return ProcessHandle.allProcesses()
        .noneMatch(each -> each.info().commandLine().orElse("").contains(spools));
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

  private String submit(String... words) throws Exception {
    return submitted("shell:[0-9a-f-]{36}", words);
  }

  @Test
  void aWordIsNotEvaluatedOnItsWay() throws Exception {
    Result waited = hpc.bash("\"$hpc\" submit -b shell -N hello --wait -- echo \"it's \\$HOME\"")
        .ok();
    assertThat(waited.out() + waited.err()).isEmpty();
    JsonObject job = jobs("status", "--json").get(0);
    assertThat(text(job, "name")).isEqualTo("hello");
    assertThat(hpc.hpc("logs", text(job, "id")).ok().out()).isEqualTo("it's $HOME\n");
  }

  @Test
  void aWalltimeEndsAJob() throws Exception {
    Result result = hpc.bash("id=$(\"$hpc\" submit -b shell --walltime 00:00:02 -- sleep 60)\n"
        + "\"$hpc\" wait \"$id\"; echo $?; \"$hpc\" status \"$id\" --json");
    String[] parts = result.ok().out().split("\n", 2);
    assertThat(parts[0]).isEqualTo("124");
    JsonObject job = array(parts[1]).get(0).getAsJsonObject();
    assertThat(text(job, "state")).isEqualTo("failed");
    assertThat(text(job, "cause")).isEqualTo("timeout");
  }

  @Test
  void anArrayIsSubmittedShownReadCancelledAndCleaned() throws Exception {
    hpc.program(
        "task.sh",
        "echo \"$HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT\"\n"
            + "[ \"$HPC_ARRAY_INDEX\" -le 7 ] || sleep 600");
    String id =
        hpc.bash("\"$hpc\" submit --array 1-100%4 -- ./task.sh").ok().out().strip();
    assertThat(hpc.hpc("logs", "-f", id + "/7").ok().out()).isEqualTo("7 of 100\n");
    assertThat(hpc.hpc("status").ok().out()).contains("task.sh", "/100 done");
    hpc.hpc("cancel", id).ok();
    assertThat(hpc.hpc("wait", id).status()).isEqualTo(1);
    List<JsonObject> elements = jobs("status", id, "--json");
    assertThat(elements).hasSize(100);
    assertThat(elements.get(6).get("array_index").getAsInt()).isEqualTo(7);
    assertThat(text(elements.get(6), "state")).isEqualTo("completed");
    assertThat(text(elements.get(99), "state")).isEqualTo("cancelled");
    assertThat(hpc.hpc("explain", id).ok().out()).contains("cancelled");
    assertThat(hpc.hpc("clean", "--older-than", "30d").ok().out()).isEmpty();
    assertThat(hpc.hpc("clean", "--older-than", "0s").ok().out()).startsWith("removed " + id);
    assertThat(state.resolve("jobs")).isEmptyDirectory();
    assertThat(jobs("status", "--all", "--json")).isEmpty();
  }

  @Test
  void bytesThatAreNoTextReachTheJobInAnyLocale() throws Exception {
    hpc.bash("export LC_ALL=C; \"$hpc\" submit --wait -- printf '%s|'"
            + " $'\\xff\\xc3\\xa9' '' $'two\\nlines'")
        .ok();
    assertThat(hpc.hpc("logs", only()).ok().out()).isEqualTo("\u00ff\u00c3\u00a9||two\nlines|");
  }

  @Test
  void valuesOfVariablesAreBytesToo() throws Exception {
    hpc.bash("export LC_ALL=C OWN=$'o\\xfe'; POSIXLY_CORRECT=1 \"$hpc\" submit --wait --env OWN"
            + " --env GIVEN=$'g\\xfd' -c 'printf \"%s|%s\" \"$OWN\" \"$GIVEN\"'")
        .ok();
    assertThat(hpc.hpc("logs", only()).ok().out()).isEqualTo("o\u00fe|g\u00fd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "POSIX", ""})
  void aJobHasTheLocaleOfItsUser(String locale) throws Exception {
    hpc.with("LC_ALL", locale.isEmpty() ? null : locale).with("LANG", "C.UTF-8");
    hpc.hpc("submit", "--wait", "-c", "echo \"${LC_ALL-} $LANG\"").ok();
    assertThat(hpc.hpc("logs", only()).out()).isEqualTo(locale + " C.UTF-8\n");
  }

  @ParameterizedTest
  @CsvSource({
    "exit 0, 0",
    "exit 7, 7",
    "kill -KILL $$, 137",
    "kill -SEGV $$, 139",
    "exec no-such-command, 127"
  })
  void aWaitingCommandEndsAsTheJob(String line, int status) throws Exception {
    Result submitted = hpc.hpc("submit", "--wait", "--", "bash", "-c", line);
    assertThat(submitted.status()).as(submitted.err()).isEqualTo(status);
    String id = only();
    assertThat(hpc.hpc("wait", id).status()).isEqualTo(status);
    assertThat(hpc.hpc("attach", id).status()).isEqualTo(status);
  }

  @Test
  void aCancelledJobIs130() throws Exception {
    String id = submit("--", "sleep", "600");
    Process first = start("first", "wait", id);
    Process second = start("second", "wait", id);
    hpc.hpc("cancel", id).ok();
    assertThat(status(first)).isEqualTo(130);
    assertThat(status(second)).isEqualTo(130);
    assertThat(content("first")).isEmpty();
    assertThat(content("first.err")).contains(id + " cancelled").hasLineCount(1);
    hpc.hpc("cancel", id).ok(); // as often as one likes
  }

  @Test
  void ctrlCEndsAWatcherAndNotTheJob() throws Exception {
    String id = submit("--", "sleep", "600");
    Process waiting = start("waiting", "wait", id);
    Process attached = start("attached", "attach", id);
    for (Process each : List.of(waiting, attached)) {
      await("it watches", () -> hasThread(each, "hpc-monitor"));
      hpc.run(List.of("kill", "-INT", String.valueOf(each.pid()))).ok();
      assertThat(status(each)).isEqualTo(130);
    }
    assertThat(content("waiting.err"))
        .isEqualTo("hpc: " + id + " goes on; 'hpc wait " + id + "' waits again\n");
    assertThat(content("attached.err"))
        .isEqualTo("hpc: " + id + " goes on; 'hpc attach " + id + "' follows it again\n");
    assertThat(text(job(id), "state")).isEqualTo("running");
  }

  @Test
  void ctrlCEndsTheFollowingOfLogsAndNotTheJob() throws Exception {
    String id = submit("-c", "echo begun; sleep 600");
    Process logs = start("logs", "logs", "-f", id);
    await("it follows", () -> content("logs").equals("begun\n"));
    hpc.run(List.of("kill", "-INT", String.valueOf(logs.pid()))).ok();
    assertThat(status(logs)).isEqualTo(130);
    assertThat(content("logs.err"))
        .isEqualTo("hpc: " + id + " goes on; 'hpc logs -f " + id + "' follows it again\n");
    assertThat(text(job(id), "state")).isEqualTo("running");
  }

  @Test
  void aBackendThatNobodyKnowsIsStatus2() throws Exception {
    Result result = hpc.hpc("wait", "nope:1");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains("unknown backend 'nope'", "types: ", "shell")
        .doesNotContain("last seen")
        .hasLineCount(1);
  }

  @Test
  void aJobThatHadEndedIsToldWhenItIsCancelled() throws Exception {
    String id = submit("--", "true");
    hpc.hpc("wait", id).ok();
    assertThat(hpc.hpc("cancel", id).ok().err())
        .isEqualTo("hpc: " + id + " had ended: completed\n");
  }

  @Test
  void aDamagedRecordHidesNoOther() throws Exception {
    String good = submit("--", "true");
    String bad = submit("--", "true");
    hpc.hpc("wait", good, bad).ok();
    Path record = record(bad);
    Files.writeString(record, "{");
    Result result = hpc.hpc("status");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.out()).contains(good.substring(0, 14)).doesNotContain(bad.substring(0, 14));
    assertThat(result.err()).contains(record.toString(), "damaged").hasLineCount(1);
    Files.delete(record);
  }

  private Path record(String id) throws IOException {
    String number = id.substring("shell:".length());
    try (Stream<Path> files = Files.walk(state.resolve("records"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.readString(file).contains(number)) {
          return file;
        }
      }
    }
    throw new AssertionError("no record of " + id);
  }

  /** Whether a JVM has come so far that it follows jobs. */
  private static boolean hasThread(Process process, String prefix) throws IOException {
    Path tasks = Path.of("/proc", String.valueOf(process.pid()), "task");
    try (Stream<Path> threads = Files.list(tasks)) {
      for (Path thread : threads.toList()) {
        if (Files.readString(thread.resolve("comm")).startsWith(prefix)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  void aLimitOnWaitingIs124() throws Exception {
    String id = submit("--", "sleep", "600");
    Result result = hpc.hpc("wait", "--timeout", "1s", id);
    assertThat(result.status()).isEqualTo(124);
    assertThat(result.err()).contains("goes on").hasLineCount(1);
    assertThat(text(job(id), "state")).isEqualTo("running");
  }

  @Test
  void whatAJobWritesIsFollowed() throws Exception {
    String id = submit(
        "-c", "echo one; echo bad >&2; until [ -e go ]; do sleep 0.05; done; echo two; exit 5");
    Process logs = start("logs", "logs", "-f", id);
    Process attached = start("attached", "attach", id);
    for (String file : List.of("logs", "attached")) {
      await(file, () -> content(file).equals("one\n"));
    }
    hpc.write("go", "");
    assertThat(status(logs)).isZero();
    assertThat(status(attached)).isEqualTo(5);
    assertThat(content("logs")).isEqualTo("one\ntwo\n");
    assertThat(content("attached")).isEqualTo("one\ntwo\n");
    assertThat(content("attached.err")).startsWith("bad\n").contains("exit status 5");
    assertThat(hpc.hpc("logs", "--err", id).out()).isEqualTo("bad\n");
    assertThat(hpc.hpc("explain", id).ok().out()).contains("exit status 5", "  bad");
  }

  @Test
  void aReaderWhoHasSeenEnoughIsNoFault() throws Exception {
    hpc.hpc("submit", "--wait", "-c", "yes | head -c 3000000").ok();
    Result result = hpc.bash("\"$hpc\" logs " + only() + " | head -c 2; echo \"${PIPESTATUS[0]}\"");
    assertThat(result.out()).isEqualTo("y\n141\n");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void theBeginningOfAnIdIsEnough() throws Exception {
    String id = submit("--", "true");
    String bare = id.substring("shell:".length());
    for (String given : List.of(bare, bare.substring(0, 8), id.substring(0, 14))) {
      assertThat(hpc.hpc("wait", given).status()).isZero();
    }
    assertThat(hpc.hpc("status").ok().out()).contains(id.substring(0, 14) + " ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "wait", "cancel", "logs", "attach", "explain", "script"})
  void aJobThatNobodyKnowsIsStatus4(String command) throws Exception {
    Result result = hpc.hpc(command, "shell:no-such-job");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains("shell:no-such-job").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "submit",
        "submit --cpus 0 -- true",
        "submit --walltime 60 -- true",
        "submit -D /no/such/place -- true",
        "submit -i missing -- cat",
        "submit missing.sh",
        "submit -N $'two\\nlines' -- true",
        "submit --depends-on afterok:no-such-job -- true",
        "submit --image x --bind data:in -- true",
        "submit --image=--privileged -- true",
        "submit --image ' ' -- true",
        "submit --image x --container-workdir in -- true",
        "submit --sif missing.sif -- true",
        "wait",
        "clean"
      })
  void whatCannotBeIsToldBeforeAnythingRuns(String line) throws Exception {
    Result result = hpc.bash("\"$hpc\" " + line);
    assertThat(result.status()).as(result.toString()).isIn(2, 3, 4);
    assertThat(result.err()).startsWith("hpc: ").hasLineCount(1);
    assertThat(result.out()).isEmpty();
    assertThat(jobs("status", "--all", "--json")).isEmpty();
  }

  @Test
  void aJobLargerThanTheMachineIsRefused() throws Exception {
    Result result = hpc.hpc("submit", "--cpus", "99999", "--", "true");
    assertThat(result.status()).isIn(2, 3);
    assertThat(result.err()).contains("99999").hasLineCount(1);
  }

  @Test
  void theFieldsOfAnObjectAreThePromisedOnes() throws Exception {
    String id = submit("--", "true");
    hpc.hpc("wait", id).ok();
    JsonObject job = job(id);
    assertThat(job.keySet())
        .containsExactly(
            "id",
            "backend",
            "name",
            "state",
            "exit_code",
            "signal",
            "cause",
            "reason",
            "native_state",
            "submitted",
            "started",
            "ended",
            "wall_time_seconds",
            "cpu_hours",
            "peak_memory_gb",
            "nodes",
            "attempt",
            "stdout",
            "stderr");
    assertThat(job.get("exit_code").getAsInt()).isZero();
    assertThat(job.get("cause").isJsonNull()).isTrue();
    for (String time : List.of("submitted", "started", "ended")) {
      assertThat(Instant.parse(text(job, time))).isBefore(Instant.now());
    }
  }

  @Test
  void aStateFolderThatCannotBeWrittenRunsNothing() throws Exception {
    hpc.with("HPC_STATE_DIR", hpc.write("no-folder", "").toString());
    Result result = hpc.hpc("submit", "--", "touch", "ran");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .contains("no-folder is a file, and must be a folder", "nothing was submitted")
        .hasLineCount(1);
    assertThat(folder.resolve("ran")).doesNotExist();
    hpc.with("HPC_STATE_DIR", state.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"records", "journal", "index", "index/active"})
  void aFileInTheStateFolderIsToldInOneLine(String name) throws Exception {
    Path file = state.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(file);
    for (String line : List.of("status", "submit -- touch ran")) {
      Result result = hpc.hpc(line.split(" "));
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err())
          .contains(file + " is a file, and must be a folder", "HPC_STATE_DIR")
          .doesNotContain("Exception")
          .hasLineCount(1);
    }
    assertThat(folder.resolve("ran")).doesNotExist();
    Files.delete(file);
  }

  @Test
  void anIdThatCannotBePrintedIsTold() throws Exception {
    Result result = hpc.bash("\"$hpc\" submit -- touch ran >&-");
    assertThat(result.status()).isEqualTo(1);
    String id = only();
    assertThat(result.err()).contains(id).hasLineCount(1);
    hpc.hpc("wait", id).ok();
    assertThat(folder.resolve("ran")).exists();
  }

  @Test
  void aScriptRunsByItsOwnInterpreterAsItWasAtSubmission() throws Exception {
    hpc.write("s.awk", "#!/usr/bin/awk -f\nBEGIN { print \"awk has\", ARGV[1] }\n");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/awk")), "awk (not installed)");
    String awk = submit("s.awk", "it's $x");
    hpc.write("s.sh", "#!/bin/bash\nuntil [ -e go ]; do sleep 0.05; done\necho \"old $1\"\n");
    String bash = submit("s.sh", "a  b");
    hpc.write("s.sh", "echo new\n");
    hpc.write("go", "");
    hpc.hpc("wait", awk, bash).ok();
    assertThat(hpc.hpc("logs", awk).out()).isEqualTo("awk has it's $x\n");
    assertThat(hpc.hpc("logs", bash).out()).isEqualTo("old a  b\n");
    assertThat(hpc.hpc("script", bash).ok().out()).contains("echo \"old $1\"");
  }

  @Test
  void pathsCountFromTheWorkingDirectory() throws Exception {
    hpc.write("sub dir/in", "input");
    String id = submit(
        "-D",
        "sub dir",
        "-i",
        "in",
        "-o",
        "out/{id}",
        "-e",
        "out/{id}",
        "--",
        "bash",
        "-c",
        "cat; pwd >&2");
    hpc.hpc("wait", id).ok();
    String place = folder.resolve("sub dir").toRealPath().toString();
    assertThat(content("sub dir/out/" + id.substring("shell:".length())))
        .isEqualTo("input" + place + "\n");
    assertThat(hpc.hpc("attach", id).ok().out()).isEqualTo("input" + place + "\n");
  }

  @Test
  void aJobWaitsForAnother() throws Exception {
    String first = submit("-c", "until [ -e go ]; do sleep 0.05; done; exit 1");
    String ok = submit("--depends-on", "afterok:" + first, "--", "true");
    String any = submit("--depends-on", "afterany:" + first.substring(0, 14), "--", "true");
    hpc.write("go", "");
    hpc.hpc("wait", any).ok();
    assertThat(hpc.hpc("wait", ok).status()).isEqualTo(1);
    assertThat(text(job(ok), "cause")).isEqualTo("dependency");
  }

  @Test
  void aDryRunSubmitsNothing() throws Exception {
    Result result = hpc.hpc("submit", "--dry-run", "--", "echo", "it's").ok();
    assertThat(result.out()).startsWith("#!/bin/bash\n").contains("'it'\\''s'");
    assertThat(jobs("status", "--all", "--json")).isEmpty();
  }

  @Test
  void aWatchThatIsNoTerminalPrintsEachStateOnce() throws Exception {
    String id = submit("-c", "until [ -e go ]; do sleep 0.05; done");
    Process watch = start("watch", "status", "--watch", id);
    await("it runs", () -> content("watch").contains("RUNNING"));
    hpc.write("go", "");
    assertThat(status(watch)).isZero();
    assertThat(content("watch")).endsWith("\n").contains("COMPLETED").doesNotContain("\u001b");
    assertThat(content("watch").lines().filter(l -> l.contains("RUNNING"))).hasSize(1);
  }

  @Test
  void aTerminalIsRedrawnAndLeftAsItWas() throws Exception {
    assumeTrue(Installation.onPath("script"), "script (not installed)");
    String id = submit("--", "true");
    hpc.hpc("wait", id).ok();
    hpc.with("TERM", "xterm").with("hpc", hpc.home().resolve("bin/hpc").toString());
    Result result = hpc.run(List.of(
        "script", "-qec", "\"$hpc\" status --watch " + id, folder.resolve("tty").toString()));
    assertThat(result.ok().out()).contains("\u001b[H\u001b[2J", "COMPLETED");
  }

  @Test
  void theQueueListsWhatRuns() throws Exception {
    String id = submit("-N", "queued", "--", "sleep", "600");
    await("it is listed", () -> {
      Optional<JsonObject> job =
          jobs("queue", "--json").stream().filter(j -> text(j, "id").equals(id)).findAny();
      return job.isPresent() && text(job.get(), "name").equals("queued");
    });
    assertThat(hpc.hpc("queue").ok().out()).contains("queued");
  }
}
