// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.Elements;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of a whole array, from those of its elements. It has ended when all have; it has
 * completed when all have. One that ended in part is running, though nothing of it may run now.
 */
final class ArrayState {
  private final Map<JobState, Integer> count = new EnumMap<>(JobState.class);
  private @Nullable Instant started;
  private @Nullable Instant ended;
  private @Nullable Cause cause;
  private @Nullable Integer exitCode;
  private Duration cpuTime = Duration.ZERO;
  private long peakMemory;

  private ArrayState() {}

  /**
   * Folds the elements.
   *
   * @param array the indices
   * @param elements what is known; an element that is missing is queued
   * @param submitted when the array was submitted
   * @return the observation of the whole
   */
  static JobInfo of(ArrayRange array, Elements elements, Instant submitted) {
    ArrayState fold = new ArrayState();
    elements.forEach((index, known) -> fold.add(known.info()));
    fold.count.merge(JobState.QUEUED, array.size() - elements.size(), Integer::sum);
    return fold.info(array.size(), submitted);
  }

  private void add(JobInfo element) {
    count.merge(element.state(), 1, Integer::sum);
    Instant start = element.started();
    Instant end = element.ended();
    started = start != null && (started == null || start.isBefore(started)) ? start : started;
    ended = end != null && (ended == null || end.isAfter(ended)) ? end : ended;
    if (element.state() == JobState.FAILED && cause == null) {
      cause = element.cause();
      exitCode = element.exitCode();
    }
    cpuTime = element.cpuTime() == null ? cpuTime : cpuTime.plus(element.cpuTime());
    peakMemory = Math.max(peakMemory, element.peakMemory() == null ? 0 : element.peakMemory());
  }

  private int count(JobState state) {
    return count.getOrDefault(state, 0);
  }

  private JobInfo info(int size, Instant submitted) {
    int over = 0;
    for (JobState state : JobState.values()) {
      over += state.isFinal() ? count(state) : 0;
    }
    JobInfo.Builder info = JobInfo.builder(state(size, over))
        .submitted(submitted)
        .started(started)
        .reason(reason(size, over));
    if (over == size) {
      info.ended(ended).exitCode(exitCode).peakMemory(peakMemory == 0 ? null : peakMemory);
      info.exitCode(count(JobState.COMPLETED) == size ? Integer.valueOf(0) : exitCode);
      info.cpuTime(cpuTime.isZero() ? null : cpuTime);
      if (count(JobState.FAILED) > 0 && cause != null) {
        info.failed(cause);
      }
      if (started != null && ended != null && !ended.isBefore(started)) {
        info.wallTime(Duration.between(started, ended));
      }
    }
    return info.build();
  }

  private JobState state(int size, int over) {
    if (over == size) {
      for (JobState worst : new JobState[] {JobState.FAILED, JobState.LOST, JobState.CANCELLED}) {
        if (count(worst) > 0) {
          return worst;
        }
      }
      return JobState.COMPLETED;
    }
    if (count(JobState.RUNNING) > 0 || over > 0) {
      return JobState.RUNNING;
    }
    if (count(JobState.SUSPENDED) > 0) {
      return JobState.SUSPENDED;
    }
    return count(JobState.HELD) == size ? JobState.HELD : JobState.QUEUED;
  }

  /** Such as {@code 3 of 10 ended: 2 completed, 1 failed}. */
  private String reason(int size, int over) {
    StringBuilder text = new StringBuilder().append(over).append(" of ").append(size);
    text.append(" ended");
    String separator = ": ";
    for (JobState state : JobState.values()) {
      if (state.isFinal() && count(state) > 0) {
        text.append(separator).append(count(state)).append(' ');
        text.append(state.name().toLowerCase(java.util.Locale.ROOT));
        separator = ", ";
      }
    }
    return text.toString();
  }
}
