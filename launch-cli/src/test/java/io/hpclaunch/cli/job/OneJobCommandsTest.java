// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** cancel, logs, attach, explain, script, queue and clean. */
class OneJobCommandsTest {
  private static final JobInfo RUNNING = JobInfo.builder(JobState.RUNNING).build();
  private static final JobInfo FAILED =
      JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE).exitCode(3).build();

  @TempDir
  Path folder;

  private HpcCommand hpc;

  @BeforeEach
  void start() {
    hpc = new HpcCommand(folder);
    hpc.remembers("cluster:1", RUNNING, null);
    hpc.cluster.set("1", RUNNING);
    hpc.remembers("cluster:7", RUNNING, "2-4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"logs 99", "logs -f 99", "attach 99", "explain 99", "script 99", "cancel 99"})
  void aJobThatNobodyKnowsIsStatus4(String line) {
    Result result = hpc.run(line.split(" "));
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains("cluster:99").hasLineCount(1);
    assertThat(result.out()).isEmpty();
  }

  @Test
  void cancelAsksEachBackendOnceWhereJobsStandAndOnceForTheirEnd() {
    FakeScheduler other = hpc.scheduler("other");
    hpc.remembers("other:5", RUNNING, null);
    assertThat(hpc.run("cancel", "1", "other:5", "7/3", "1").status()).isZero();
    assertThat(hpc.cluster.calls).containsExactly("status [1, 7/3]", "cancel [1, 7/3]");
    assertThat(other.calls).containsExactly("status [5]", "cancel [5]");
  }

  @Test
  void cancelTellsHowAJobHadEnded() {
    hpc.cluster.set("1", FAILED);
    Result result = hpc.run("cancel", "1");
    assertThat(result.status()).isZero();
    assertThat(result.err()).isEqualTo("hpc: cluster:1 had ended: failed: exit status 3\n");
    assertThat(hpc.cluster.calls).noneMatch(call -> call.startsWith("cancel"));
  }

  @Test
  void amongSeveralTheUnknownAreNamedAndTheOthersCancelled() {
    Result result = hpc.run("cancel", "98", "1", "99", "nope:1");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err())
        .contains("no job cluster:98", "no job cluster:99", "'nope'")
        .hasLineCount(3);
    assertThat(hpc.cluster.calls).contains("cancel [1]");
  }

  @Test
  void aRefusalKeepsNoOtherFromBeingCancelled() {
    FakeScheduler other = hpc.scheduler("other");
    hpc.remembers("other:5", RUNNING, null);
    hpc.cluster.failure = new Rejected("scancel: not yours");
    Result result = hpc.run("cancel", "1", "other:5");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("not yours").hasLineCount(1);
    assertThat(other.calls).contains("cancel [5]");
  }

  @Test
  void logsAreBytes() {
    hpc.cluster.writes("1", "a\0\u00ff\r\n", "to err");
    assertThat(hpc.run("logs", "1").out()).isEqualTo("a\0\u00ff\r\n");
    assertThat(hpc.run("logs", "--err", "1").out()).isEqualTo("to err");
    assertThat(hpc.run("logs", "-f", "1").out()).isEqualTo("a\0\u00ff\r\n");
    assertThat(hpc.cluster.calls).containsOnlyOnce("follow STDOUT");
  }

  @Test
  void ofAnArrayAnElementIsPrinted() {
    hpc.cluster.writes("7/3", "three", "");
    assertThat(hpc.run("logs", "7/3").out()).isEqualTo("three");
    Result whole = hpc.run("logs", "7");
    assertThat(whole.status()).isEqualTo(2);
    assertThat(whole.err()).contains("cluster:7/2").hasLineCount(1);
    assertThat(hpc.run("logs", "1/3").err()).contains("is no array");
  }

  @Test
  void aReaderWhoHasGoneIsNoFault() {
    hpc.cluster.writes("1", "text", "");
    hpc.stdout(failing("Broken pipe"));
    Result result = hpc.run("logs", "1");
    assertThat(result.status()).isEqualTo(141);
    assertThat(result.err()).isEmpty();
    hpc.stdout(failing("No space left on device"));
    Result full = hpc.run("logs", "1");
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.err()).contains("No space left").hasLineCount(1);
  }

  private static OutputStream failing(String why) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        throw new IOException(why);
      }
    };
  }

  @Test
  void attachFollowsBothOutputsAndEndsAsTheJob() {
    hpc.cluster.writes("1", "out\u00ff", "err\n");
    hpc.cluster.set("1", FAILED);
    Result result = hpc.run("attach", "1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.out()).isEqualTo("out\u00ff");
    assertThat(result.err()).isEqualTo("err\nhpc: cluster:1 failed: exit status 3\n");
  }

  @Test
  void attachWhoseReaderHasGoneEnds() {
    hpc.cluster.writes("1", "out", "");
    hpc.stdout(failing("Broken pipe"));
    assertThat(hpc.run("attach", "1").status()).isEqualTo(141);
  }

  @Test
  void attachTellsThatLogsCannotBeRead() {
    Result result = hpc.run("attach", "1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("no file").hasLineCount(1);
  }

  @Test
  void explainTellsWhatItMeansAndWhatToDo() {
    hpc.cluster.writes("1", "", "one\n\u001b[31mtwo\n");
    hpc.cluster.set(
        "1",
        JobInfo.builder(JobState.FAILED).failed(Cause.TIMEOUT).reason("limit").build());
    Result result = hpc.run("explain", "1");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith("cluster:1 (job): failed: timeout (limit)\n")
        .contains("--walltime", "/jobs/x/stdout", "  one\n", "two")
        .doesNotContain("\u001b");
    JsonObject json =
        JsonParser.parseString(hpc.run("explain", "--json", "1").out()).getAsJsonObject();
    assertThat(json.get("cause").getAsString()).isEqualTo("timeout");
    assertThat(json.get("remedy").getAsString()).contains("--walltime");
    assertThat(json.getAsJsonArray("last_stderr_lines")).hasSize(2);
  }

  @Test
  void explainNamesNoFilesOfJobsThatHaveNone() {
    hpc.cluster.capabilities.clear();
    hpc.cluster.set("1", FAILED);
    hpc.cluster.writes("1", "", "");
    assertThat(hpc.run("explain", "1").out())
        .contains(
            "What to do: look at its output, with 'hpc logs cluster:1'", "hpc logs cluster:1\n")
        .doesNotContain("/jobs/x/stdout", "/jobs/x/stderr", "Errors:");
    JsonObject json =
        JsonParser.parseString(hpc.run("explain", "--json", "1").out()).getAsJsonObject();
    assertThat(json.get("stdout").isJsonNull()).isTrue();
    assertThat(json.get("stderr").isJsonNull()).isTrue();
    assertThat(json.get("logs").getAsString()).isEqualTo("hpc logs cluster:1");
    assertThat(hpc.run("explain", "7").out()).contains("hpc logs cluster:7/INDEX");
  }

  @Test
  void explainOfAnArrayNamesTheElementsThatFailed() {
    hpc.cluster.set("7", FAILED);
    hpc.cluster.set("7/2", FAILED);
    hpc.cluster.set("7/3", JobInfo.builder(JobState.COMPLETED).build());
    assertThat(hpc.run("explain", "7").out()).contains("cluster:7/2 failed: exit status 3");
  }

  @Test
  void explainGoesOnWithoutTheOutput() {
    hpc.cluster.set("1", FAILED);
    Result result = hpc.run("explain", "1");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("exit status 3");
    assertThat(result.err()).contains("no file").hasLineCount(1);
  }

  @Test
  void scriptPrintsWhatWasSubmitted() {
    assertThat(hpc.run("script", "1").out()).isEqualTo("#!/bin/bash\n# cluster:1\n");
  }

  @Test
  void queueListsTheScheduler() {
    hpc.cluster.queue.add(new QueueReporter.Entry(
        NativeId.of("42"),
        "theirs",
        "root",
        JobState.RUNNING,
        "R",
        "batch",
        null,
        FakeTime.START,
        null,
        2));
    Result table = hpc.run("queue");
    assertThat(table.lines().get(1)).contains("cluster:42", "theirs", "root", "RUNNING", "batch");
    JsonObject json = JsonParser.parseString(hpc.run("queue", "-a", "--json").out())
        .getAsJsonArray()
        .get(0)
        .getAsJsonObject();
    assertThat(json.get("native_state").getAsString()).isEqualTo("R");
    assertThat(json.get("state").getAsString()).isEqualTo("running");
    assertThat(hpc.cluster.calls).containsExactly("queue mine", "queue all");
  }

  @Test
  void aWatchedQueueIsPrintedWhenItChanges() {
    hpc.time.then(
        () -> {},
        () -> hpc.cluster.queue.add(new QueueReporter.Entry(
            NativeId.of("42"), "x", null, JobState.QUEUED, null, null, null, null, null, null)));
    Result result = hpc.run("queue", "--watch");
    assertThat(result.lines()).hasSize(3);
    assertThat(result.status()).isEqualTo(130);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void cleanRemovesWhatEndedLongAgo() {
    JobInfo old = JobInfo.builder(JobState.COMPLETED)
        .ended(FakeTime.START.minus(Duration.ofDays(40)))
        .build();
    JobInfo recent = JobInfo.builder(JobState.COMPLETED)
        .ended(FakeTime.START.minusSeconds(1))
        .build();
    hpc.scheduler("other");
    hpc.remembers("cluster:old", old, null);
    hpc.remembers("other:old", old, null);
    hpc.remembers("cluster:recent", recent, null);
    Result dry = hpc.run("clean", "--older-than", "30d", "--dry-run");
    assertThat(dry.lines()).hasSize(2).allMatch(line -> line.startsWith("would remove "));
    Result removed = hpc.run("clean", "--older-than", "30d", "-b", "cluster");
    assertThat(removed.lines()).hasSize(1).first().asString().startsWith("removed cluster:old");
    String json = hpc.run("clean", "--older-than", "30d", "--json").out();
    JsonObject other = JsonParser.parseString(json).getAsJsonArray().get(0).getAsJsonObject();
    assertThat(other.get("id").getAsString()).isEqualTo("other:old");
    assertThat(other.get("removed").getAsBoolean()).isTrue();
    List<String> left = hpc.run("status", "--all").lines();
    assertThat(left).hasSize(4); // the head, the recent one, and two that run
  }

  @Test
  void cleanNeedsToKnowHowOld() {
    assertThat(hpc.run("clean").status()).isEqualTo(2);
    assertThat(hpc.run("clean", "--older-than", "30").status()).isEqualTo(2);
  }
}
