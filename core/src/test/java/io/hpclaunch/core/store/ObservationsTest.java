// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.Observations.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObservationsTest {
  @ParameterizedTest
  @CsvSource({
    "QUEUED 1, RUNNING 1, ADVANCED",
    "QUEUED 1, HELD 1, ADVANCED",
    "RUNNING 1, QUEUED 1, IGNORED",
    "RUNNING 1, SUSPENDED 1, ADVANCED",
    "RUNNING 1, QUEUED 2, ADVANCED",
    "RUNNING 2, COMPLETED 1, IGNORED",
    "QUEUED 1, COMPLETED 1, ADVANCED",
    "RUNNING 1, UNKNOWN 1, IGNORED",
    "RUNNING 1, UNKNOWN 2, IGNORED",
    "UNKNOWN 1, QUEUED 1, ADVANCED",
    "COMPLETED 1, RUNNING 2, IGNORED",
    "COMPLETED 1, LOST 1, IGNORED",
    "CANCELLED 1, COMPLETED 1, IGNORED",
    "LOST 1, COMPLETED 1, CORRECTED",
    "LOST 1, RUNNING 1, CORRECTED",
    "LOST 1, LOST 1, IGNORED",
    "LOST 1, UNKNOWN 1, IGNORED",
    "LOST 2, COMPLETED 1, IGNORED",
    "RUNNING 1, LOST 1, ADVANCED"
  })
  void laterByAttemptThenStateWins(String known, String seen, Verdict verdict) {
    assertThat(Observations.first(info(known), at(1)).judge(info(seen), at(2))).isEqualTo(verdict);
  }

  @Test
  void ofOneRankTheLaterInTimeWins() {
    Observations known = Observations.first(info("SUSPENDED 1"), at(5));
    assertThat(known.with(info("RUNNING 1"), at(4))).isEqualTo(known);
    assertThat(known.with(info("RUNNING 1"), at(5))).isEqualTo(known);
    assertThat(known.with(info("RUNNING 1"), at(6)).info().state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void aLossIsCorrectedOnce() {
    Observations known = Observations.first(info("LOST 1"), at(1)).with(info("RUNNING 1"), at(2));
    assertThat(known.corrected()).isTrue();
    assertThat(known.judge(info("LOST 1"), at(3))).isEqualTo(Verdict.IGNORED);
    Observations ended = known.with(info("FAILED 1"), at(4));
    assertThat(ended.info().state()).isEqualTo(JobState.FAILED);
    assertThat(ended.judge(info("COMPLETED 1"), at(5))).isEqualTo(Verdict.IGNORED);
  }

  @Test
  void aCorrectionIsNotUndoneByOneWhoKnowsOnlyTheLoss() {
    Observations loss = Observations.first(info("LOST 1"), at(1));
    Observations corrected = loss.with(info("COMPLETED 1"), at(2));
    assertThat(loss.merge(corrected)).isEqualTo(corrected);
    assertThat(corrected.merge(loss)).isEqualTo(corrected);
  }

  @Test
  void theOrderInWhichProcessesSawThingsDoesNotMatter() {
    List<Observations> seen = new ArrayList<>();
    String[] all = {
      "QUEUED 1", "RUNNING 1", "SUSPENDED 1", "RUNNING 1", "QUEUED 2", "RUNNING 2", "FAILED 2"
    };
    for (int i = 0; i < all.length; i++) {
      seen.add(Observations.first(info(all[i]), at(i)));
    }
    Random random = new Random(1);
    for (int round = 0; round < 200; round++) {
      Collections.shuffle(seen, random);
      Observations merged = seen.get(0);
      for (Observations each : seen) {
        merged = merged.merge(each);
      }
      assertThat(merged.info()).isEqualTo(info("FAILED 2"));
    }
  }

  private static JobInfo info(String text) {
    String[] words = text.split(" ", -1);
    JobInfo.Builder info = JobInfo.builder(JobState.valueOf(words[0]));
    if (words[0].equals("FAILED")) {
      info.failed(Cause.EXIT_CODE);
    }
    return info.attempt(Integer.parseInt(words[1])).build();
  }

  private static Instant at(int second) {
    return Instant.ofEpochSecond(second);
  }
}
