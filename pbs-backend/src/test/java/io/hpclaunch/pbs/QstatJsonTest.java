// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.shell.RawBytes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QstatJsonTest {
  private static final String RUNNING = Fixture.text("running.json");
  private static final String ARRAY = Fixture.text("array-finished.json");

  private static Listing parse(String text) {
    return QstatJson.parse(RawBytes.encode(text));
  }

  private static PbsId id(String text) {
    return Objects.requireNonNull(PbsId.parse(text));
  }

  private static List<String> ids(Listing listing) {
    return listing.jobs().stream().map(job -> job.id().text()).toList();
  }

  /** The running job with another variable beside its own. */
  private static Listing withVariable(String line) {
    return parse(RUNNING.replace("\"PBS_O_SYSTEM\"", line + "\n\t\t\t\t\"PBS_O_SYSTEM\""));
  }

  @Test
  void aRunningJob() {
    PbsJob job = Fixture.job("running.json");
    assertThat(job.id()).isEqualTo(id("0.vm"));
    assertThat(job.name()).isEqualTo("okjob");
    assertThat(job.user()).isEqualTo("hpcuser");
    assertThat(job.state()).isEqualTo("R");
    assertThat(job.substate()).isEqualTo(41);
    assertThat(job.exitStatus()).isNull();
    assertThat(job.queue()).isEqualTo("workq");
    assertThat(job.comment()).startsWith("Job run at Sat Nov 21 at 01:33 on (vm[0]");
    assertThat(job.holdTypes()).isNull();
    assertThat(job.variables())
        .hasSize(11)
        .containsEntry("PBS_O_WORKDIR", "/home/hpcuser/lab/jobs");
    assertThat(job.created()).isEqualTo("2026-11-21T01:33:46Z");
    assertThat(job.queued()).isEqualTo("2026-11-21T01:33:46Z");
    assertThat(job.started()).isEqualTo("2026-11-21T01:33:46Z");
    assertThat(job.ended()).as("it runs").isNull();
    assertThat(job.requested())
        .isEqualTo(new PbsJob.Requested(2, 100L << 20, 1, Duration.ofMinutes(1)));
    assertThat(job.hosts()).containsExactly("vm");
    assertThat(job.runCount()).isEqualTo(1);
    assertThat(job.outputPath()).isEqualTo("/home/hpcuser/lab/jobs/okjob.o0");
    assertThat(job.errorPath()).isEqualTo("/home/hpcuser/lab/jobs/okjob.e0");
    assertThat(job.waitsFor()).isNull();
    assertThat(job.submitArguments()).isEqualTo("ok.sh");
  }

  @Test
  void anEndedJob() {
    PbsJob job = Fixture.job("succeeded.json");
    assertThat(job.exitStatus()).isZero();
    assertThat(job.ended()).isEqualTo("2026-11-21T01:33:50Z");
    assertThat(job.used())
        .isEqualTo(new PbsJob.Used(Duration.ofSeconds(3), Duration.ZERO, 7380L << 10));
  }

  @Test
  void aJobThatNeverRanEndsWhenHistoryTookIt() {
    PbsJob job = Fixture.job("deleted-queued.json");
    assertThat(job.started()).isNull();
    assertThat(job.holdTypes()).isEqualTo("u");
    assertThat(job.ended()).isEqualTo(Instant.ofEpochSecond(1795225072));
    PbsJob dependent = Fixture.job("dependency-cancelled.json");
    assertThat(dependent.waitsFor()).isEqualTo("afternotok:25.vm@vm");
  }

  @Test
  void anArrayWithItsElements() {
    Listing listing = parse(ARRAY);
    assertThat(listing.rejected()).isZero();
    assertThat(ids(listing)).hasSize(11).startsWith("31[].vm", "31[0].vm").endsWith("31[9].vm");
    assertThat(listing.jobs()).extracting(PbsJob::arrayIndex).startsWith(null, 0, 1);
    assertThat(ids(parse(Fixture.text("array-running.json")))).hasSize(11);
  }

  @Test
  void anAnswerWithoutJobsIsWholeAndEmpty() {
    assertThat(parse(Fixture.text("no-jobs.json")))
        .isEqualTo(new Listing(List.of(), 0, Set.of(), false));
    assertThat(parse("{}").rejected()).isZero();
    assertThat(parse("{\"Jobs\":{}}").rejected()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "garbage",
        "{",
        "qstat: cannot connect",
        "{\"timestamp\": 1,",
        "[]",
        "{\"Jobs\": {"
      })
  void whatIsNoAnswerIsRejected(String text) {
    Listing listing = parse(text);
    assertThat(listing.jobs()).isEmpty();
    assertThat(listing.rejected()).isPositive();
  }

  @Test
  void anAnswerThatIsCutOffAnywhereIsNeverTakenForAWholeOne() {
    Listing whole = parse(ARRAY);
    String text = ARRAY.stripTrailing();
    for (int end = 0; end < text.length(); end += 13) {
      Listing listing = parse(text.substring(0, end));
      assertThat(listing.rejected()).as("cut at %d", end).isPositive();
      assertThat(listing.cut()).as("cut at %d", end).isTrue();
      assertThat(whole.jobs()).as("cut at %d", end).containsAll(listing.jobs());
    }
    assertThat(parse(text.substring(0, text.length() - 1)).rejected()).isPositive();
  }

  @Test
  void anotherLayoutIsReadTheSame() {
    Listing whole = parse(ARRAY);
    assertThat(parse(ARRAY.replaceAll("[\\n\\t]", ""))).isEqualTo(whole);
    assertThat(parse(ARRAY.replace("\t", "  "))).isEqualTo(whole);
    assertThat(parse(ARRAY.replace("\n", "\r\n"))).isEqualTo(whole);
    assertThat(parse(ARRAY.replace("\":\t", "\" : "))).isEqualTo(whole);
    assertThat(parse("Welcome to the cluster!\n" + ARRAY + "goodbye\n")).isEqualTo(whole);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"job_state\":\t\"X",
        "\"array_index\":\tx\"3\",",
        "\"comment\":\t\"a\"b\",",
        "}",
        "\"server\":\t\"vm\\\","
      })
  void aBrokenJobSpoilsNoOther(String broken) {
    String text = ARRAY.replaceFirst(
        "(?s)(\"31\\[3]\\.vm\":.*?)\"job_state\":\t\"F\",",
        "$1" + Matcher.quoteReplacement(broken));
    for (String layout : List.of(text, text.replaceAll("[\\n\\t]", ""))) {
      Listing listing = parse(layout);
      assertThat(listing.rejected()).isPositive();
      assertThat(listing.damaged()).isSubsetOf(id("31[3].vm"));
      assertThat(ids(listing)).contains("31[2].vm", "31[4].vm", "31[9].vm").hasSizeGreaterThan(9);
    }
  }

  @Test
  void aJobWithoutAStateIsDamaged() {
    Listing listing = parse(RUNNING.replace("\"job_state\":\t\"R\",", ""));
    assertThat(listing.jobs()).isEmpty();
    assertThat(listing.damaged()).containsExactly(id("0.vm"));
    assertThat(listing.rejected()).isEqualTo(1);
  }

  @Test
  void bytesThatAreNoUtf8AndControlCharactersAreKept() {
    byte[] text = RUNNING
        .replace(
            "\"PBS_O_SYSTEM\"",
            "\"BAD\":\t\"x@@y\",\n\"CTL\":\t\"a\\u001bb\u0007\",\n\"PBS_O_SYSTEM\"")
        .getBytes(StandardCharsets.UTF_8);
    for (int i = 1; i < text.length; i++) {
      if (text[i] == '@' && text[i - 1] == '@') {
        text[i - 1] = (byte) 0xff;
        text[i] = (byte) 0xfe;
      }
    }
    Listing listing = QstatJson.parse(text);
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs().get(0).variables())
        .containsEntry("BAD", "x\uDCFF\uDCFEy")
        .containsEntry("CTL", "a\u001bb\u0007");
  }

  @Test
  void numbersAreReadAsTheyStand() {
    PbsJob job = withVariable(
            "\"A\":\t007,\n\"B\":\t1.50,\n\"C\":\tnull,\n\"D\":\ttrue,\n\"J\":\t-0,\n"
                + "\"K\":\t9.00719925474099e+15,\n\"L\":\t12345678901234567890,\n\"M\":\t[1, {\"7.vm\":\t{}}],")
        .jobs()
        .get(0);
    assertThat(job.variables())
        .containsEntry("A", "007")
        .containsEntry("B", "1.50")
        .doesNotContainKey("C")
        .containsEntry("D", "true")
        .containsEntry("J", "-0")
        .containsEntry("K", "9.00719925474099e+15")
        .containsEntry("L", "12345678901234567890")
        .containsEntry("M", "[1,{\"7.vm\":{}}]");
  }

  @Test
  void aVariableThatLooksLikeAJobIsNone() {
    Listing listing = withVariable("\"13.vm\":\t{\n\t\t\"14.vm\":\t{\"job_state\":\t\"F\"}},");
    assertThat(ids(listing)).containsExactly("0.vm");
    assertThat(listing.rejected()).isZero();
  }

  @Test
  void whatAValueEndingInABackslashSwallowedIsFound() {
    // Sent to OpenPBS 23.06 with -V: T_TRAILBS=end\, T_JSON={"a": [1,2]}, T_BS=a\b\\c.
    PbsJob job = withVariable(
            "\"T_TRAILBS\":\t\"end\\\\,T_JSON={\\\\\\\"a\\\\\\\": [1,2]}\",\n"
                + "\"T_BS\":\t\"a\\\\\\\\b\\\\\\\\\\\\\\\\c\",\n\"T_COMMA\":\t\"a,b,C=d\",\n\"LEGAL\":\t\"a\\\\\\\\,B=c\",")
        .jobs()
        .get(0);
    assertThat(job.variables())
        .containsEntry("T_TRAILBS", "end\\")
        .containsEntry("T_JSON", "{\"a\": [1,2]}")
        .containsEntry("T_BS", "a\\b\\\\c")
        .containsEntry("T_COMMA", "a,b,C=d")
        .containsEntry("LEGAL", "a\\,B=c")
        .doesNotContainKeys("B", "C");
  }

  @Test
  void keysThatComeTwiceAreJoined() {
    PbsJob job = parse(RUNNING.replace(
            "\"stime\"", "\"Resource_List\":\t{\n\"walltime\":\t\"02:00:00\"\n},\n\"stime\""))
        .jobs()
        .get(0);
    assertThat(job.requested().walltime()).isEqualTo(Duration.ofHours(2));
    assertThat(job.requested().ncpus()).isEqualTo(2);
  }

  @Test
  void aThousandJobsAreReadInTime() {
    String member =
        RUNNING.substring(RUNNING.indexOf("\t\t\"0.vm\""), RUNNING.lastIndexOf("\n\t}\n}"));
    StringBuilder text = new StringBuilder("{\n\t\"Jobs\":\t{\n");
    for (int i = 0; i < 1000; i++) {
      text.append(i == 0 ? "" : ",\n").append(member.replace("0.vm", i + ".vm"));
    }
    byte[] answer = text.append("\n\t}\n}\n").toString().getBytes(StandardCharsets.UTF_8);
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = System.nanoTime();
      Listing listing = QstatJson.parse(answer);
      best = Math.min(best, System.nanoTime() - before);
      assertThat(listing.jobs()).hasSize(1000);
      assertThat(listing.rejected()).isZero();
    }
    // The aim is a few tens of ms, which the benchmarks measure; here only what grows too fast.
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
  }
}
