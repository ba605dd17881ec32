// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobState;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QueueProgressTest {
  private static final Instant BEGUN = Instant.parse("2026-03-14T10:00:00Z");

  @Test
  void whatHasLeftTheQueueHasEnded() {
    QueueProgress progress = new QueueProgress(BEGUN);
    assertThat(progress.lines(
            Map.of("a", JobState.RUNNING, "b", JobState.QUEUED, "c", JobState.QUEUED), BEGUN))
        .containsExactly("3 jobs: queued 2, running 1", "[" + ".".repeat(40) + "] 0 of 3 ended");
    assertThat(progress.lines(
            Map.of("b", JobState.RUNNING, "d", JobState.QUEUED), BEGUN.plusSeconds(120)))
        .containsExactly(
            "2 jobs: queued 1, running 1",
            "[" + "#".repeat(20) + ".".repeat(20) + "] 2 of 4 ended; 1.0 jobs a minute, about 2 min"
                + " left");
  }

  @Test
  void anEmptyQueueHasNoPace() {
    assertThat(new QueueProgress(BEGUN).lines(Map.of(), BEGUN.plusSeconds(5)))
        .containsExactly("0 jobs", "[" + ".".repeat(40) + "] 0 of 0 ended");
  }
}
