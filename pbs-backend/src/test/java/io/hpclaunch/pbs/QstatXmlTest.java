// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.core.shell.RawBytes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QstatXmlTest {
  private static final String ANSWER = Fixture.text("torque.xml");

  private static Listing parse(String text) {
    return QstatXml.parse(RawBytes.encode(text));
  }

  private static List<String> ids(Listing listing) {
    return listing.jobs().stream().map(job -> job.id().text()).toList();
  }

  @Test
  void readsJobsAndElements() {
    Listing listing = parse(ANSWER);
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs())
        .extracting(job -> job.id().number())
        .containsExactly("24", "25", "25");
    PbsJob job = listing.jobs().get(0);
    assertThat(job.state()).isEqualTo("C");
    assertThat(job.exitStatus()).isZero();
    assertThat(job.hosts()).containsExactly("n1", "n2");
    assertThat(job.started()).isEqualTo(Instant.ofEpochSecond(1795225671));
    assertThat(job.ended()).isEqualTo(Instant.ofEpochSecond(1795225689));
    assertThat(job.used().cput()).isEqualTo(Duration.parse("PT335H34M49S"));
    assertThat(job.requested().nodect()).isEqualTo(2);
    assertThat(job.variables())
        .containsEntry("A", "x,y & <z>")
        .containsEntry("HPC_TOKEN", "h3k9x2m7q");
    assertThat(listing.jobs().get(2).arrayIndex()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"<oops>", "&nosuch;", "</Job_Name>", "<a b=c/>"})
  void aBrokenJobSpoilsNoOther(String broken) {
    Listing listing = parse(ANSWER.replaceFirst("<queue>batch</queue>", broken));
    assertThat(ids(listing)).hasSize(2);
    assertThat(listing.rejected()).isEqualTo(1);
    assertThat(listing.damaged()).extracting(PbsId::number).containsExactly("24");
  }

  @Test
  void charactersThatXmlDoesNotKnowSpoilNothing() {
    Listing listing = parse(ANSWER.replace("A=x", "A=\u001b\uDCFFx"));
    assertThat(listing.rejected()).isZero();
    assertThat(listing.jobs().get(0).variables()).containsEntry("A", "\uFFFD\uFFFDx,y & <z>");
  }

  @Test
  void entitiesFromElsewhereAreNotRead() {
    Listing listing =
        parse("<?xml version=\"1.0\"?><!DOCTYPE Data [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>"
            + ANSWER.replaceFirst("fit", "&x;"));
    assertThat(listing.damaged()).hasSize(1);
  }

  @Test
  void anAnswerThatIsCutOffIsNeverTakenForAWholeOne() {
    Listing whole = parse(ANSWER);
    String text = ANSWER.stripTrailing();
    for (int end = 1; end < text.length(); end += 11) {
      Listing listing = parse(text.substring(0, end));
      assertThat(listing.rejected()).as("cut at %d", end).isPositive();
      assertThat(whole.jobs()).as("cut at %d", end).containsAll(listing.jobs());
    }
  }

  @Test
  void nothingAndGarbage() {
    assertThat(parse("").rejected()).isZero();
    assertThat(parse("<Data></Data>").rejected()).isZero();
    assertThat(parse("<job_info></job_info>").rejected()).as("Grid Engine").isEqualTo(1);
    assertThat(parse("qstat: error").rejected()).isEqualTo(1);
  }
}
