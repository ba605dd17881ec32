// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Observation.NotAnswered;
import io.hpclaunch.api.Observation.NotKnown;
import io.hpclaunch.api.Observation.Seen;
import io.hpclaunch.api.Observation.SeenArray;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.Token;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of hpc-shell: true ones, as it printed them, and garbage. */
class AnswersTest {
  private static final String ID = "1d1c2d60-6b7a-3f0e-9c55-8f5a1d9e0b11";
  private static final NativeId JOB = NativeId.of(ID);
  private static final String FAILED = "job " + ID
      + " - FAILED 3 - exit_code 2 1763695200123456 1763695201000000 1763695203500000 2500000 1200"
      + " 20480 n1 ended -";

  private static @Nullable Observation query(NativeId asked, String... lines) {
    return new Answers.Told().take(List.of(lines)).of(asked);
  }

  @Test
  void everyWordOfALineIsTold() {
    assertThat(query(JOB, FAILED))
        .isEqualTo(Observation.seen(JobInfo.builder(JobState.FAILED)
            .failed(Cause.EXIT_CODE)
            .exitCode(3)
            .attempt(2)
            .submitted(Instant.parse("2025-11-21T03:20:00.123456Z"))
            .started(Instant.parse("2025-11-21T03:20:01Z"))
            .ended(Instant.parse("2025-11-21T03:20:03.500Z"))
            .wallTime(Duration.ofMillis(2500))
            .cpuTime(Duration.ofMillis(1200))
            .peakMemory(20L << 20)
            .nodes(List.of("n1"))
            .nativeState("ended")
            .build()));
  }

  @Test
  void whatAJobHoldsIsToldOnceItHasStarted() {
    JobInfo info = ((Seen) query(JOB, FAILED + " 2 1024")).info();
    assertThat(info.allocatedCpus()).isEqualTo(2);
    assertThat(info.allocatedMemory()).isEqualTo(1L << 20);
    assertThat(((Seen) query(JOB, FAILED + " 2 -")).info().allocatedMemory()).isNull();
    JobInfo waits = ((Seen) query(
            JOB, "job " + ID + " - QUEUED - - - 1 1763695200000000 - - - - - n1 queued - 2 1024"))
        .info();
    assertThat(waits.allocatedCpus()).isNull();
    assertThat(waits.allocatedMemory()).isNull();
  }

  @Test
  void whatHasNotStartedHasNoNodeAndNoTimes() {
    Observation queued = query(
        JOB,
        "job " + ID
            + " - QUEUED - - - 1 1763695200000000 - - - - - n1 queued waits%20for%20its%20turn");
    JobInfo info = ((Seen) queued).info();
    assertThat(info.state()).isEqualTo(JobState.QUEUED);
    assertThat(info.reason()).isEqualTo("waits for its turn");
    assertThat(info.nodes()).isNull();
    assertThat(info.started()).isNull();
    assertThat(info.wallTime()).isNull();
    assertThat(info.exitCode()).isNull();
  }

  @Test
  void theJobOfAnotherHostIsSeenAsUnknownWithTheReason() {
    Observation seen = query(
        JOB,
        "job " + ID
            + " - UNKNOWN - - - 1 1763695200000000 1763695200000000 - 5 - - other running it%20belongs");
    JobInfo info = ((Seen) seen).info();
    assertThat(info.state()).isEqualTo(JobState.UNKNOWN);
    assertThat(info.reason()).isEqualTo("it belongs");
    assertThat(info.nodes()).containsExactly("other");
  }

  @Test
  void aWholeArrayIsToldByItsElements() {
    String second = FAILED.replace(ID + " -", ID + " 7").replace(" 3 - exit_code", " - 9 signal");
    Observation told = query(JOB, FAILED.replace(ID + " -", ID + " 2"), second);
    Map<Integer, JobInfo> elements = ((SeenArray) told).elements();
    assertThat(elements).containsOnlyKeys(2, 7);
    assertThat(elements.get(7).signal()).isEqualTo(9);
    assertThat(elements.get(7).exitCode()).isNull();
    assertThat(elements.get(7).cause()).isEqualTo(Cause.SIGNAL);
    assertThat(query(JOB.element(7), second)).isInstanceOf(Seen.class);
    assertThat(query(JOB.element(8), second)).isNull();
  }

  @Test
  void neighboursThatAreAlikeAreToldInOneLine() {
    String waits = " QUEUED - - - 1 1763695200000000 - - - - - n1 queued -";
    Observation told = query(
        JOB,
        "job " + ID + " 0-99998:2" + waits,
        FAILED.replace(ID + " -", ID + " 100000"),
        "job " + ID + " 100002-100004:2" + waits);
    Map<Integer, JobInfo> elements = ((SeenArray) told).elements();
    assertThat(elements).hasSize(50_003).containsKeys(0, 99_998, 100_002, 100_004);
    assertThat(elements.get(4711 * 2).state()).isEqualTo(JobState.QUEUED);
    assertThat(elements.get(100_000).state()).isEqualTo(JobState.FAILED);
    assertThat(Answers.queue(List.of("job " + ID + " 3-5" + waits + " 1 - name")))
        .extracting(QueueReporter.Entry::id)
        .containsExactly(JOB.element(3), JOB.element(4), JOB.element(5));
  }

  @Test
  void whatStaysWhenItIsToBeForgottenIsNamedWithTheReason() {
    assertThat(Answers.kept(List.of(
            "cleaned a",
            "unknown b",
            "running " + ID,
            "needed " + ID + " child",
            "elsewhere " + ID + " n%207",
            "rubbish")))
        .satisfiesExactly(
            line -> assertThat(line).startsWith(ID + " has not ended"),
            line -> assertThat(line).startsWith("child waits for " + ID),
            line -> assertThat(line).contains("n 7"));
  }

  @Test
  void whatIsNotKnownCarriesTheReason() {
    assertThat(query(JOB, "unknown " + ID + " no%20such%20job"))
        .isEqualTo(new NotKnown("no such job"));
    assertThat(query(JOB.element(3), "unknown " + ID + "/3 none")).isEqualTo(new NotKnown("none"));
    NativeId odd = NativeId.of("12[].h\u00e4");
    assertThat(query(odd, "unknown 12%5B%5D.h%C3%A4 no")).isEqualTo(new NotKnown("no"));
  }

  @Test
  void anUnknownCauseInARecordHidesNoEnd() {
    JobInfo info = ((Seen) query(JOB, FAILED.replace("exit_code", "banana"))).info();
    assertThat(info.state()).isEqualTo(JobState.FAILED);
    assertThat(info.cause()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "job",
        "job " + ID,
        "job " + ID + " - QUEUED",
        "job " + ID + " - ASLEEP 3 - - 2 1 1 1 2500000 1200 20480 n1 ended -",
        "job " + ID + " - RUNNING x - - 2 1 1 1 2500000 1200 20480 n1 ended -",
        "job " + ID + " - RUNNING 3 - - 0 1 1 1 2500000 1200 20480 n1 ended -",
        "job " + ID + " - RUNNING 3 - - 1 -5 1 1 2500000 1200 20480 n1 ended -",
        "job " + ID + " - RUNNING 3 - - 1 1 99999999999999999999 1 1 1 1 n1 ended -",
        "job " + ID + " - RUNNING 3 - - 1 1 1 1 2500000 1200 9223372036854775807 n1 ended -",
        "job " + ID + " - RUNNING 99999999999 - - 1 1 1 1 2500000 1200 1 n1 ended -",
        "job " + ID + " 5-1 QUEUED - - - 1 1 - - - - - n1 queued -",
        "job " + ID + " 1- QUEUED - - - 1 1 - - - - - n1 queued -",
        "job " + ID + " 1-9:0 QUEUED - - - 1 1 - - - - - n1 queued -",
        "bash: line 1: syntax error near `('",
        "\u0000\u00ff\u0001",
      })
  void garbageIsNoAnswerAndHarmsNoOther(String garbage) {
    NativeId other = NativeId.of("2d1c2d60-6b7a-3f0e-9c55-8f5a1d9e0b11");
    Answers.Told told =
        new Answers.Told().take(List.of(garbage, FAILED.replace(ID, other.value()), garbage));
    assertThat(told.of(other)).isInstanceOf(Seen.class);
    Observation observation = told.of(JOB);
    assertThat(observation == null || observation instanceof NotAnswered).isTrue();
  }

  @Test
  void theQueueIsToldInItsOrderWithNamesAndGarbageIsPassedOver() {
    String first = FAILED.replace("FAILED 3 - exit_code", "RUNNING - - -") + " 2 0 my%20j%C3%B6b";
    String second =
        FAILED.replace(ID + " - FAILED 3 - exit_code", ID + " 4 QUEUED - - -") + " 2 0 array";
    assertThat(Answers.queue(List.of(first, "job rubbish", second)))
        .extracting(QueueReporter.Entry::id, QueueReporter.Entry::name, QueueReporter.Entry::state)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(JOB, "my j\u00f6b", JobState.RUNNING),
            org.assertj.core.groups.Tuple.tuple(JOB.element(4), "array", JobState.QUEUED));
  }

  @Test
  void onlyTokensThatWereAskedForAreFound() {
    Token there = new Token("h0000001there");
    Token missing = new Token("h0000001missing");
    assertThat(Answers.find(
            List.of(there, missing),
            List.of("found h0000001there " + ID + " n1", "found", "found hother000 " + ID + " n1")))
        .containsExactly(Map.entry(there, JOB));
  }

  @Test
  void onlyWordsAboutTheJobItselfSettleASubmission() {
    assertThat(Answers.submit(ID, List.of("ok " + ID))).isEqualTo(new Answers.Submitted(null));
    assertThat(Answers.submit(ID, List.of("refused " + ID + " too%20large")))
        .isEqualTo(new Answers.Submitted("too large"));
    assertThat(Answers.submit(ID, List.of())).isNull();
    assertThat(Answers.submit(ID, List.of("ok another", "ok", "yes " + ID, ""))).isNull();
  }

  @Test
  void theHostThatAloneCanCancelIsNamed() {
    assertThat(Answers.elsewhere(List.of("asked a", "elsewhere " + ID + "/3 n%207", "unknown b")))
        .containsExactly(ID + "/3 on n 7");
  }
}
