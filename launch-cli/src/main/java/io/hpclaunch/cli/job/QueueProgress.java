// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.output.Spans;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How a queue empties while it is watched. What leaves it has ended, in whatever way. */
final class QueueProgress {
  private final Instant begun;
  private final Set<String> seen = new HashSet<>();

  QueueProgress(Instant begun) {
    this.begun = begun;
  }

  /**
   * Takes one look in.
   *
   * @param queue the jobs' ids and states
   * @param now when it was
   * @return counts, a bar, and the pace, a line each
   */
  List<String> lines(Map<String, JobState> queue, Instant now) {
    seen.addAll(queue.keySet());
    int ended = seen.size() - queue.size();
    String pace = Spans.pace("jobs", ended, Duration.between(begun, now), queue.size());
    String bar = Spans.bar(ended, seen.size());
    return List.of(counts(queue), pace.isEmpty() ? bar : bar + "; " + pace);
  }

  /** Such as {@code 3 jobs: queued 2, running 1}. */
  private static String counts(Map<String, JobState> queue) {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    queue.values().forEach(state -> counts.merge(state, 1, Integer::sum));
    StringBuilder text =
        new StringBuilder().append(queue.size()).append(queue.size() == 1 ? " job" : " jobs");
    String joint = ": ";
    for (Map.Entry<JobState, Integer> each : counts.entrySet()) {
      text.append(joint)
          .append(each.getKey().name().toLowerCase(Locale.ROOT))
          .append(' ')
          .append(each.getValue());
      joint = ", ";
    }
    return text.toString();
  }
}
