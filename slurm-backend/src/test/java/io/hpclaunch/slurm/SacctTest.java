// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SacctTest {
  private static final Sacct.Records RECORDS = Sacct.parse(Fixture.read("sacct-jobs.txt"));

  private static Sacct.Job job(String rawId) {
    return RECORDS.jobs().stream()
        .filter(job -> job.rawId().equals(rawId))
        .findFirst()
        .orElseThrow();
  }

  private static String line(String id, String state, String exit, String maxRss, String reason) {
    return String.join(
            "\u001f",
            id,
            "7",
            state,
            exit,
            "1795255044",
            "1795255045",
            "1795255046",
            "1",
            "00:00.500",
            maxRss,
            "billing=2,cpu=2,mem=3G,node=2",
            "2",
            "n[1-2]",
            reason,
            "/",
            id)
        + "\n";
  }

  @Test
  void everyRowBelongsToAJob() {
    assertThat(RECORDS.rejected()).isZero();
    assertThat(RECORDS.jobs()).hasSize(22);
  }

  @ParameterizedTest
  @CsvSource({
    "53, FAILED, EXIT_CODE, 3,",
    "54, FAILED, EXIT_CODE, 127,",
    "55, FAILED, EXIT_CODE, 11,",
    "56, FAILED, SIGNAL, , 9",
    "57, COMPLETED, , 0,",
    "58, FAILED, LAUNCH, ,",
    "61, COMPLETED, , 0,",
    "62, RUNNING, , ,",
    "65, CANCELLED, , ,",
    "66, CANCELLED, , ,",
    "67, HELD, , ,",
    "68, HELD, , ,",
    "70, QUEUED, , ,",
    "71, FAILED, DEPENDENCY, ,",
    "74, FAILED, EXIT_CODE, 2,",
  })
  void endsOfTrueJobs(String id, JobState state, Cause cause, Integer code, Integer signal) {
    JobInfo info = job(id).info();
    assertThat(info.state()).isEqualTo(state);
    assertThat(info.cause()).isEqualTo(cause);
    assertThat(info.exitCode()).isEqualTo(code);
    assertThat(info.signal()).isEqualTo(signal);
  }

  @Test
  void metricsComeFromTheAllocationAndThePeakFromItsSteps() {
    JobInfo info = job("61").info();
    assertThat(info.wallTime()).isEqualTo(Duration.ofSeconds(3));
    assertThat(info.cpuTime()).isEqualTo(Duration.ofMillis(399));
    assertThat(info.peakMemory()).isEqualTo(103_964_672L);
    assertThat(info.nodes()).containsExactly("node1", "node2");
    assertThat(info.allocatedCpus()).isEqualTo(2);
    assertThat(info.allocatedMemory()).as("on one node").isEqualTo(250 * MemorySize.MIB);
    assertThat(info.submitted()).isEqualTo(Instant.ofEpochSecond(1795255044));
    assertThat(info.started()).isEqualTo(Instant.ofEpochSecond(1795255046));
    assertThat(info.ended()).isEqualTo(Instant.ofEpochSecond(1795255049));
    assertThat(info.reason()).isNull();
  }

  @Test
  void eachRequeueIsAnAttempt() {
    Sacct.Job job = job("64");
    assertThat(job.attempts()).extracting(JobInfo::attempt).containsExactly(1);
    Sacct.Records requeued = Sacct.parse(line("7", "NODE_FAIL", "0:0", "", "None")
        + line("7.batch", "CANCELLED", "", "7M", "")
        + line("8", "COMPLETED", "0:0", "", "None")
        + line("7", "COMPLETED", "0:0", "", "BeginTime")
        + line("7.batch", "COMPLETED", "0:0", "3M", ""));
    assertThat(requeued.jobs()).hasSize(2);
    List<JobInfo> attempts = requeued.jobs().get(0).attempts();
    assertThat(attempts).extracting(JobInfo::attempt).containsExactly(1, 2);
    assertThat(attempts.get(0).cause()).isEqualTo(Cause.NODE_FAIL);
    assertThat(attempts.get(0).peakMemory()).isEqualTo(7 * MemorySize.MIB);
    assertThat(requeued.jobs().get(0).info().state()).isEqualTo(JobState.COMPLETED);
    assertThat(requeued.jobs().get(0).info().peakMemory()).isEqualTo(3 * MemorySize.MIB);
  }

  @Test
  void whatNeverRanHasNoStartNodesOrTimes() {
    for (String id : List.of("66", "67", "70", "71")) {
      JobInfo info = job(id).info();
      assertThat(info.started()).isNull();
      assertThat(info.nodes()).isNull();
      assertThat(info.wallTime()).isNull();
      assertThat(info.cpuTime()).isNull();
    }
    assertThat(job("66").info().ended()).isEqualTo(Instant.ofEpochSecond(1795255047));
    assertThat(job("70").info().reason()).isEqualTo("Dependency");
  }

  @Test
  void aJobThatRunsHasNoCpuTimeYet() {
    assertThat(job("62").info().cpuTime()).isNull();
    assertThat(job("62").info().ended()).isNull();
    assertThat(job("62").info().wallTime()).isEqualTo(Duration.ofSeconds(4));
  }

  @Test
  void elementsAndComponentsKeepTheirNames() {
    assertThat(job("73").id()).isEqualTo(new SlurmId("63", 1, null, null, null));
    assertThat(job("63").id()).isEqualTo(new SlurmId("63", 3, null, null, null));
    assertThat(job("60").id()).isEqualTo(new SlurmId("59", null, null, 1, null));
    assertThat(job("68").id().tasks()).isNotNull();
  }

  @Test
  void aUsersCancelOfAJobThatWaitsForAnotherIsHisOwn() {
    assertThat(Sacct.parse(line("7", "CANCELLED by 1000", "0:0", "", "Dependency"))
            .jobs()
            .get(0)
            .info()
            .state())
        .isEqualTo(JobState.CANCELLED);
  }

  @ParameterizedTest
  @CsvSource({"139508K, 142856192", "3M, 3145728", "1.50G, 1610612736", "2048, 2048"})
  void readsMemory(String text, long bytes) {
    assertThat(Sacct.memory(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "K", "1,5G", "٣M", "1e9", "99999999999999999999999999G"})
  void whatIsNoMemoryIsNone(String text) {
    assertThat(Sacct.memory(text)).isNull();
  }

  @Test
  void tornRowsStepsWithoutAJobAndBannersAreRejected() {
    String whole = line("7", "COMPLETED", "0:0", "", "None");
    Sacct.Records records = Sacct.parse("sacct: banner\n"
        + line("9.batch", "COMPLETED", "0:0", "1M", "")
        + whole.substring(0, 30)
        + "\n"
        + whole
        + line("8", "", "0:0", "", ""));
    assertThat(records.jobs()).hasSize(1);
    assertThat(records.rejected()).isEqualTo(4);
    assertThat(Sacct.parse("")).isEqualTo(new Sacct.Records(List.of(), 0));
    assertThat(Sacct.parse("\r\n").rejected()).isZero();
  }

  @Test
  void tokensAreFoundInCommentAndCommandLine() {
    List<Sacct.Found> found = Sacct.parseFound(Fixture.read("sacct-find.txt"));
    assertThat(found).hasSize(17);
    Sacct.Found token = found.stream()
        .filter(f -> f.submitLine() != null && f.submitLine().contains("htoken123"))
        .findFirst()
        .orElseThrow();
    assertThat(token.id().job()).isEqualTo("62");
    assertThat(token.comment()).as("accounting has it only after the end").isNull();
    assertThat(token.workDir()).isEqualTo("/home/alice/work");
    assertThat(token.submitted()).isEqualTo(Instant.ofEpochSecond(1795255044));
  }

  @Test
  void textsOfUsersMayHoldLineEnds() {
    String row = String.join("\u001f", "7", "1795255044", "a\nb", "/x", "sbatch\nwrap", "7");
    assertThat(Sacct.parseFound("junk\n" + row + "\n8\u001f1795255044\n" + row))
        .extracting(Sacct.Found::comment)
        .containsExactly("a\nb", "a\nb");
  }

  @Test
  void aCallNamesAtMostAThousandJobs() {
    List<String> ids = IntStream.range(0, 2001).mapToObj(Integer::toString).toList();
    List<List<String>> calls = Sacct.argvs(ids, Instant.ofEpochSecond(1795255044), null);
    assertThat(calls).hasSize(3);
    assertThat(calls.get(0))
        .startsWith("sacct", "--noheader", "--parsable2", "--delimiter=\u001f")
        .contains("--starttime=uts1795255044", "--duplicates", "--noconvert");
    assertThat(calls.get(2)).contains("--jobs=2000");
    assertThat(Sacct.argvs(List.of(), Instant.EPOCH, null)).isEmpty();
    assertThat(Sacct.argvs(List.of("7"), Instant.EPOCH, null).get(0))
        .as("uts0 is an error to sacct")
        .contains("--starttime=uts1000000");
    assertThat(Sacct.argvs(List.of("7", "7"), Instant.EPOCH, "c1").get(0))
        .contains("--jobs=7", "--clusters=c1");
  }
}
