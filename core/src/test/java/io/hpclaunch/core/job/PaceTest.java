// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PaceTest {
  private static final Instant START = Instant.EPOCH;
  private static final Duration NONE = Duration.ZERO;

  private final Pace pace = new Pace(Duration.ofSeconds(2), START);

  @Test
  void pausesGrowWhileNothingHappens() {
    assertThat(pace.next(true, NONE, START)).hasSeconds(2);
    assertThat(pace.next(false, NONE, START.plusSeconds(10))).hasSeconds(2);
    assertThat(pace.next(false, NONE, START.plusSeconds(100))).hasSeconds(10);
    assertThat(pace.next(false, NONE, START.plusSeconds(100_000))).hasSeconds(60);
  }

  @Test
  void newsBringThemBackToTheLeast() {
    assertThat(pace.next(false, NONE, START.plusSeconds(500))).hasSeconds(50);
    assertThat(pace.next(true, NONE, START.plusSeconds(550))).hasSeconds(2);
    pace.reset(START.plusSeconds(1000));
    assertThat(pace.next(false, NONE, START.plusSeconds(1010))).hasSeconds(2);
  }

  @Test
  void aSlowSchedulerIsLeftInPeace() {
    assertThat(pace.next(true, Duration.ofSeconds(5), START))
        .as("once is no habit")
        .hasSeconds(2);
    assertThat(pace.next(true, Duration.ofSeconds(6), START)).hasSeconds(20);
    assertThat(pace.next(true, NONE, START)).hasSeconds(2);
  }

  @Test
  void aQuickSchedulerIsAskedOften() {
    Pace quick = new Pace(Duration.ofMillis(100), START);
    assertThat(quick.next(true, NONE, START)).hasMillis(100);
    assertThat(quick.next(false, NONE, START.plusSeconds(3600))).hasSeconds(3);
  }
}
