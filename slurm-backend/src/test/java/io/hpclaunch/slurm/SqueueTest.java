// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqueueTest {
  private static final String ODD = "a|b \u001fc\"d'\nline2 é \uDCFF tab\t#x";
  private static final String ANSWER = Fixture.read("squeue-mine.txt");

  private static Squeue.Row row(String rawId) {
    return Squeue.parse(ANSWER).rows().stream()
        .filter(row -> row.rawId().equals(rawId))
        .findFirst()
        .orElseThrow();
  }

  /** A row as squeue would write it, with this name. */
  private static String line(String id, String state, String name) {
    return String.join(
        "\u001f",
        id,
        id,
        state,
        "None",
        "1795255044",
        "1795255046",
        "1795255106",
        "1:00",
        "0:04",
        "0",
        "0",
        "node1",
        "1",
        "1",
        "node1",
        "debug",
        "7",
        "alice",
        "/home",
        "(null)",
        name,
        "(null)",
        id);
  }

  @Test
  void everyRowIsRead() {
    Squeue.Listing listing = Squeue.parse(ANSWER);
    assertThat(listing.rejected()).isZero();
    assertThat(listing.rows()).hasSize(26);
  }

  @Test
  void aRunningJob() {
    Squeue.Row row = row("62");
    assertThat(row.command()).isEqualTo("/home/alice/work/job.sh an arg");
    assertThat(row.comment()).isEqualTo("htoken123");
    assertThat(row.workDir()).isEqualTo("/home/alice/work");
    assertThat(row.user()).isEqualTo("alice");
    assertThat(row.partition()).isEqualTo("debug");
    assertThat(row.timeLimit()).isEqualTo(Duration.ofMinutes(1));
    JobInfo info = row.info();
    assertThat(info.state()).isEqualTo(JobState.RUNNING);
    assertThat(info.submitted()).isEqualTo(Instant.ofEpochSecond(1795255044));
    assertThat(info.started()).isEqualTo(Instant.ofEpochSecond(1795255046));
    assertThat(info.ended()).as("its end is a forecast").isNull();
    assertThat(info.nodes()).containsExactly("node1");
    assertThat(info.wallTime()).isEqualTo(Duration.ofSeconds(4));
    assertThat(info.exitCode()).isNull();
    assertThat(info.reason()).isNull();
  }

  @Test
  void aRequeuedJobWaitsForItsSecondAttempt() {
    JobInfo info = row("64").info();
    assertThat(info.state()).isEqualTo(JobState.QUEUED);
    assertThat(info.attempt()).isEqualTo(2);
    assertThat(info.reason()).isEqualTo("BeginTime");
    assertThat(info.started()).as("its start is a forecast").isNull();
    assertThat(info.nodes()).isNull();
  }

  @Test
  void aJobThatIsBeingRequeuedIsStillInTheAttemptBefore() {
    String[] fields = line("7", "COMPLETING", "x").split("\u001f", -1);
    fields[9] = "1";
    JobInfo info = Squeue.parse(String.join("\u001f", fields)).rows().get(0).info();
    assertThat(info.state()).isEqualTo(JobState.RUNNING);
    assertThat(info.attempt()).isEqualTo(1);
    assertThat(info.started()).as("it is the time of the requeue").isNull();
    fields[2] = "PENDING";
    JobInfo waits = Squeue.parse(String.join("\u001f", fields)).rows().get(0).info();
    assertThat(waits.attempt()).isEqualTo(2);
  }

  @Test
  void endsAreToldAsTheyWere() {
    assertThat(row("53").info().exitCode()).isEqualTo(3);
    assertThat(row("54").info().exitCode()).as("sacct says 127").isEqualTo(255);
    assertThat(row("55").info().exitCode()).isEqualTo(139);
    assertThat(row("56").info().signal()).isEqualTo(9);
    assertThat(row("56").info().reason()).as("JobLaunchFailure misleads").isNull();
    assertThat(row("57").info().exitCode()).isZero();
    assertThat(row("58").info().cause()).isEqualTo(Cause.LAUNCH);
    assertThat(row("65").info().state()).isEqualTo(JobState.CANCELLED);
    assertThat(row("71").info().cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(row("71").info().started()).as("it never ran").isNull();
    assertThat(row("61").info().nodes()).containsExactly("node1", "node2");
    assertThat(row("61").info().ended()).isEqualTo(Instant.ofEpochSecond(1795255049));
  }

  @Test
  void elementsThatWaitShareARow() {
    Squeue.Row row = row("68");
    assertThat(row.id().job()).isEqualTo("68");
    assertThat(Objects.requireNonNull(row.id().tasks()).contains(8998)).isTrue();
    assertThat(row.info().state()).isEqualTo(JobState.HELD);
    assertThat(row("73").id()).isEqualTo(new SlurmId("63", 1, null, null, null));
    assertThat(row("60").id()).isEqualTo(new SlurmId("59", null, null, 1, null));
  }

  @Test
  void aNameWithDelimitersAndLineEndsHarmsNobody() {
    Squeue.Row row = row("67");
    assertThat(row.info().state()).isEqualTo(JobState.HELD);
    assertThat(row.name()).as("it holds a delimiter").isNull();
    String plain = ODD.replace("\u001f", "");
    Squeue.Listing listing =
        Squeue.parse(line("1", "RUNNING", plain) + "\n" + line("2", "PENDING", "x") + "\n");
    assertThat(listing.rejected()).isZero();
    assertThat(listing.rows()).hasSize(2);
    assertThat(listing.rows().get(0).name()).isEqualTo(plain);
  }

  @Test
  void lineEndsOfWindowsAreLineEnds() {
    Squeue.Listing listing =
        Squeue.parse(line("1", "RUNNING", "x") + "\r\n\r\n" + line("2", "PENDING", "y") + "\r\n");
    assertThat(listing.rejected()).isZero();
    assertThat(listing.rows()).extracting(Squeue.Row::name).containsExactly("x", "y");
  }

  @Test
  void aBannerAndARowThatIsTornRejectThemselvesOnly() {
    String torn = line("2", "PENDING", "y");
    Squeue.Listing listing = Squeue.parse("Welcome!\nCLUSTER: c1\n"
        + line("1", "RUNNING", "x")
        + "\n"
        + torn.substring(0, torn.length() / 2)
        + "\n"
        + line("3", "RUNNING", "z")
        + "\n"
        + torn.substring(0, 20));
    assertThat(listing.rows()).extracting(Squeue.Row::rawId).containsExactly("1", "3");
    assertThat(listing.rejected()).isEqualTo(4);
  }

  @Test
  void aFieldThatThisSlurmDoesNotKnowRejectsAll() {
    String fewer = line("1", "RUNNING", "x").replaceFirst("1795255044\u001f", "");
    Squeue.Listing listing = Squeue.parse(fewer + "\n");
    assertThat(listing.rows()).isEmpty();
    assertThat(listing.rejected()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\r\n", "\n\n\n"})
  void nothingIsAnEmptyQueue(String answer) {
    assertThat(Squeue.parse(answer)).isEqualTo(new Squeue.Listing(List.of(), 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "12",
        "12\u001f12",
        "12\u001f",
        "\u001f\u001f",
        "12\u001f12\u001f12",
        "12\u001fRUNNING\n13\u001f\n",
        "slurm_load_jobs error: Unable to contact slurm controller"
      })
  void garbageIsRejected(String answer) {
    Squeue.Listing listing = Squeue.parse(answer);
    assertThat(listing.rows()).isEmpty();
    assertThat(listing.rejected()).isPositive();
  }

  @Test
  void numbersOfOtherScriptsAndGroupsAreNotKnown() {
    Squeue.Row row = Squeue.parse(line("1", "RUNNING", "x")
            .replace("1795255046", "1.795.255.046")
            .replace("1795255044", "١٧٩٥٢٥٥٠٤٤"))
        .rows()
        .get(0);
    assertThat(row.started()).isNull();
    assertThat(row.submitted()).isNull();
  }

  @Test
  void theCommandIsOneForAllJobs() {
    assertThat(Squeue.mine(null))
        .startsWith("squeue", "--noheader", "--all", "--me", "--states=all")
        .last()
        .asString()
        .startsWith("--Format=JobArrayID:0\u001f,JobID:0\u001f,State:0\u001f,")
        .endsWith("Comment:0\u001f,JobArrayID:0");
    assertThat(Squeue.mine("c1")).contains("--clusters=c1");
    assertThat(Squeue.everybodys(null)).doesNotContain("--me", "--states=all");
    assertThat(Squeue.these(List.of("7"), null)).contains("--jobs=7,7");
    assertThat(Squeue.these(List.of("7", "8", "7"), null)).contains("--jobs=7,8");
  }

  @Test
  void elevenThousandRowsAreReadInTime() {
    String answer = IntStream.range(0, 11_000)
        .mapToObj(i -> line("7_" + i, i % 2 == 0 ? "RUNNING" : "PENDING", "sweep_task_" + i))
        .collect(Collectors.joining("\n", "", "\n"));
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 10; round++) {
      long before = System.nanoTime();
      Squeue.Listing listing = Squeue.parse(answer);
      best = Math.min(best, System.nanoTime() - before);
      assertThat(listing.rows()).hasSize(11_000);
    }
    // The aim is 20 ms, which the benchmarks measure; here only what grows too fast shall show.
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(200));
  }

  @Test
  void rowsThatAreAllTornAreEachRejected() {
    String torn = "7_1\u001f7\u001fRUNNING\n".repeat(11_000);
    assertThat(Squeue.parse(torn).rejected()).isEqualTo(11_000);
  }

  @Test
  void eachIdOccursOnce() {
    assertThat(Squeue.parse(ANSWER).rows().stream()
            .collect(Collectors.toMap(Squeue.Row::rawId, Function.identity())))
        .hasSize(26);
  }
}
