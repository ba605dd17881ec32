// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PbsStatesTest {
  private static final String HOST = "vm/0";

  private static JobInfo of(String file) {
    return PbsStates.info(Fixture.job(file));
  }

  /** What is said of a job with these attributes: {@code key=value}. */
  private static JobInfo job(String id, String... attributes) {
    PbsRecord told = PbsRecord.named(id);
    for (String attribute : attributes) {
      int equals = attribute.indexOf('=');
      told.put(attribute.substring(0, equals), attribute.substring(equals + 1));
    }
    PbsId parsed = Objects.requireNonNull(PbsId.parse(id));
    return PbsStates.info(Objects.requireNonNull(PbsJob.of(parsed, told)));
  }

  private static Map<String, JobInfo> all(Listing listing) {
    return listing.jobs().stream()
        .collect(Collectors.toMap(job -> job.id().text(), PbsStates::info));
  }

  @ParameterizedTest
  @CsvSource({
    "Q, QUEUED",
    "W, QUEUED",
    "T, QUEUED",
    "H, HELD",
    "R, RUNNING",
    "E, RUNNING",
    "B, RUNNING",
    "S, SUSPENDED",
    "U, SUSPENDED",
    "M, UNKNOWN",
    "Z, UNKNOWN",
    "q, UNKNOWN",
    "running, UNKNOWN",
  })
  void everyLetterHasItsPlace(String letter, JobState state) {
    JobInfo info = job("12.vm", "job_state=" + letter);
    assertThat(info.state()).isEqualTo(state);
    assertThat(info.nativeState()).isEqualTo(letter);
    assertThat(info.ended()).isNull();
  }

  @Test
  void aRunningJob() {
    JobInfo info = of("running.json");
    assertThat(info.state()).isEqualTo(JobState.RUNNING);
    assertThat(info.started()).isEqualTo("2026-11-21T01:33:46Z");
    assertThat(info.nodes()).containsExactly("vm");
    assertThat(info.allocatedCpus()).isEqualTo(2);
    assertThat(info.attempt()).isEqualTo(1);
    assertThat(info.reason()).isNull();
  }

  @Test
  void success() {
    JobInfo info = of("succeeded.json");
    assertThat(info.state()).isEqualTo(JobState.COMPLETED);
    assertThat(info.exitCode()).isZero();
    assertThat(info.submitted()).isEqualTo("2026-11-21T01:33:46Z");
    assertThat(info.ended()).isEqualTo("2026-11-21T01:33:50Z");
    assertThat(info.wallTime()).isEqualTo(Duration.ofSeconds(3));
    assertThat(info.peakMemory()).isEqualTo(7380L << 10);
    assertThat(info.cpuTime()).isNotNull();
    assertThat(info.allocatedCpus()).isEqualTo(2);
    assertThat(info.allocatedMemory()).isEqualTo(100L << 20);
  }

  @Test
  void memoryIsThatOfOneNodeOfSeveral() {
    JobInfo info = job(
        "7.vm",
        "job_state=F",
        "Exit_status=0",
        "exec_host=n1/0*2+n1/1*2+n2/0*2",
        "resources_used.mem=3072kb",
        "Resource_List.mem=8gb",
        "Resource_List.ncpus=6");
    assertThat(info.nodes()).containsExactly("n1", "n2");
    assertThat(info.allocatedCpus()).isEqualTo(6);
    assertThat(info.peakMemory()).isEqualTo(1536L << 10);
    assertThat(info.allocatedMemory()).isEqualTo(4L << 30);
  }

  @Test
  void aJobThatPbsNeverLookedAtUsedAnUnknownAmount() {
    JobInfo info = job(
        "7.vm",
        "job_state=F",
        "Exit_status=0",
        "exec_host=n1/0",
        "resources_used.cput=00:00:00",
        "resources_used.mem=0kb",
        "resources_used.walltime=00:00:08");
    assertThat(info.wallTime()).isEqualTo(Duration.ofSeconds(8));
    assertThat(info.cpuTime()).isNull();
    assertThat(info.peakMemory()).isNull();
    assertThat(job(
                "7.vm",
                "job_state=F",
                "Exit_status=0",
                "exec_host=n1/0",
                "resources_used.cput=00:00:00",
                "resources_used.mem=5kb")
            .cpuTime())
        .isEqualTo(Duration.ZERO);
  }

  @Test
  void badEndsOfTheCommand() {
    assertThat(of("exit-3.json").cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(of("exit-3.json").exitCode()).isEqualTo(3);
    assertThat(of("command-not-found.json").exitCode()).isEqualTo(127);
    assertThat(of("segmentation-fault.json").signal()).isEqualTo(11);
    assertThat(of("killed-child.json").signal()).isEqualTo(9);
  }

  @Test
  void endsThatPbsMade() {
    assertThat(of("walltime.json").cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(of("walltime.json").reason()).contains("walltime");
    assertThat(of("deleted-running.json").state()).isEqualTo(JobState.CANCELLED);
    assertThat(of("deleted-queued.json").state()).isEqualTo(JobState.CANCELLED);
    assertThat(of("deleted-queued.json").started()).isNull();
  }

  @Test
  void aJobCancelledByItsDependencyIsNoSuccess() {
    JobInfo info = of("dependency-cancelled.json");
    assertThat(info.cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(info.reason()).contains("afternotok:25.vm");
    JobInfo unknown =
        job("16.vm", "job_state=F", "depend=afterok:999999.vm@vm", "Hold_Types=s", "substate=92");
    assertThat(unknown.cause()).isEqualTo(Cause.DEPENDENCY);
  }

  @Test
  void aDependentThatWasDeletedWasCancelled() {
    assertThat(
            job("16.vm", "job_state=F", "depend=afterok:9.vm@vm", "substate=91").state())
        .isEqualTo(JobState.CANCELLED);
  }

  @Test
  void onWhichOthersDependIsNotItselfDependent() {
    JobInfo info = job("25.vm", "job_state=F", "depend=beforeok:26.vm@vm", "comment=no luck");
    assertThat(info.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(info.reason()).isEqualTo("no luck");
  }

  @ParameterizedTest
  @CsvSource({
    "0, COMPLETED,,0,",
    "1, FAILED, EXIT_CODE, 1,",
    "127, FAILED, EXIT_CODE, 127,",
    "128, FAILED, EXIT_CODE, 128,",
    "129, FAILED, SIGNAL,, 1",
    "192, FAILED, SIGNAL,, 64",
    "193, FAILED, EXIT_CODE, 193,",
    "254, FAILED, EXIT_CODE, 254,",
    "256, FAILED, EXIT_CODE,,",
    "265, FAILED, SIGNAL,, 9",
    "271, FAILED, SIGNAL,, 15",
    "-1, FAILED, LAUNCH,,",
    "-4, FAILED, NODE_FAIL,,",
    "-10, FAILED, LAUNCH,,",
    "-20, FAILED, NODE_FAIL,,",
    "-24, FAILED, SIGNAL,,",
    "-26, FAILED, OUT_OF_MEMORY,,",
    "-27, FAILED, OUT_OF_MEMORY,,",
    "-28, FAILED, TIMEOUT,,",
    "-29, FAILED, TIMEOUT,,",
    "-30, FAILED, LAUNCH,,",
    "-99, FAILED, LAUNCH,,",
  })
  void exitStatusOfOpenPbs(int status, JobState state, Cause cause, Integer code, Integer signal) {
    JobInfo info =
        job("12.vm", "job_state=F", "substate=93", "exec_host=" + HOST, "Exit_status=" + status);
    assertThat(info.state()).isEqualTo(state);
    assertThat(info.cause()).isEqualTo(cause);
    assertThat(info.exitCode()).isEqualTo(code);
    assertThat(info.signal()).isEqualTo(signal);
    if (status < 0) {
      assertThat(info.reason()).contains("Exit_status " + status).contains(" ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, COMPLETED,",
    "1, FAILED, EXIT_CODE",
    "271, CANCELLED,",
    "265, FAILED, SIGNAL",
    "-1, FAILED, LAUNCH",
    "-8, FAILED, LAUNCH",
    "-10, FAILED, OUT_OF_MEMORY",
    "-11, FAILED, TIMEOUT",
    "-12, FAILED, TIMEOUT",
  })
  void exitStatusOfTorque(int status, JobState state, Cause cause) {
    JobInfo info = job("12.head", "job_state=C", "exec_host=n1/0", "exit_status=" + status);
    assertThat(info.state()).isEqualTo(state);
    assertThat(info.cause()).isEqualTo(cause);
  }

  @Test
  void torqueTellsATermOfAJobThatWasDeletedInTheQueue() {
    JobInfo info = job("12.head", "job_state=C", "exit_status=271", "ctime=1795225670");
    assertThat(info.state()).isEqualTo(JobState.CANCELLED);
    assertThat(info.started()).isNull();
  }

  @Test
  void elementsHaveTheirOwnEndsAndTheWholeHasNone() {
    Map<String, JobInfo> infos = all(QstatJson.parse(Fixture.bytes("array-finished.json")));
    assertThat(infos.get("31[].vm").state()).isEqualTo(JobState.UNKNOWN);
    assertThat(infos.get("31[0].vm").state()).isEqualTo(JobState.COMPLETED);
    assertThat(infos.get("31[3].vm").exitCode()).isEqualTo(3);
    assertThat(infos.get("31[4].vm").signal()).isEqualTo(11);
    Map<String, JobInfo> running = all(QstatJson.parse(Fixture.bytes("array-running.json")));
    assertThat(running.get("31[].vm").state()).isEqualTo(JobState.RUNNING);
    assertThat(running.get("31[0].vm").state()).as("X").isEqualTo(JobState.COMPLETED);
    assertThat(running.get("31[9].vm").state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void anElementDeletedInTheQueueDoesNotEndAsItsArrayDid() {
    JobInfo info = job(
        "84[2].vm",
        "job_state=F",
        "substate=92",
        "Exit_status=0",
        "stime=Sat Nov 21 01:52:00 2026",
        "comment=Subjob finished");
    assertThat(info.state()).isEqualTo(JobState.CANCELLED);
    assertThat(info.started()).isNull();
    Map<String, JobInfo> infos = all(QstatText.parse(Fixture.bytes("array-deleted.txt")));
    assertThat(infos).hasSize(7);
    infos.forEach((id, one) -> assertThat(one.state()).as(id).isEqualTo(JobState.CANCELLED));
  }

  @Test
  void anArrayThatNeverBeganEndsAsAWhole() {
    assertThat(job("84[].vm", "job_state=F", "substate=91").state()).isEqualTo(JobState.CANCELLED);
    assertThat(
            job("84[].vm", "job_state=F", "substate=92", "depend=afterok:3.vm").cause())
        .isEqualTo(Cause.DEPENDENCY);
    assertThat(
            job("84[1].vm", "job_state=F", "substate=92", "depend=afterok:3.vm").cause())
        .isEqualTo(Cause.DEPENDENCY);
  }

  @Test
  void signalsAsSeenInText() {
    List<PbsJob> jobs = QstatText.parse(Fixture.bytes("signals.txt")).jobs();
    assertThat(jobs)
        .extracting(job -> PbsStates.info(job).state())
        .startsWith(JobState.CANCELLED, JobState.CANCELLED, JobState.FAILED);
    assertThat(jobs)
        .extracting(job -> PbsStates.info(job).signal())
        .containsExactly(null, null, 9, null, null, 9, 9, null, null);
  }

  @Test
  void whyItWaits() {
    assertThat(job("12.vm", "job_state=Q", "comment=Not Running: Not enough free nodes available")
            .reason())
        .isEqualTo("Not Running: Not enough free nodes available");
    assertThat(job("12.vm", "job_state=H", "depend=afterok:3.vm@vm", "Hold_Types=s")
            .reason())
        .isEqualTo("Dependency: afterok:3.vm@vm");
    assertThat(job("12.vm", "job_state=H", "Hold_Types=u", "comment=Not Running: x")
            .reason())
        .isEqualTo("Hold_Types: u");
    assertThat(job(
                "12.vm",
                "job_state=H",
                "Hold_Types=s",
                "comment=job held, too many failed attempts to run")
            .reason())
        .startsWith("job held");
    assertThat(job("12.vm", "job_state=W").reason()).isEqualTo("Execution_Time");
  }

  @Test
  void aRequeuedJobIsInItsNextAttempt() {
    JobInfo info = job("12.vm", "job_state=R", "run_count=3", "exec_host=" + HOST);
    assertThat(info.attempt()).isEqualTo(3);
    assertThat(job("12.vm", "job_state=Q", "run_count=0").attempt()).isEqualTo(1);
  }

  @Test
  void anEndThatIsNotToldIsNotInvented() {
    assertThat(job("12.vm", "job_state=F", "exec_host=" + HOST).state())
        .isEqualTo(JobState.UNKNOWN);
  }
}
