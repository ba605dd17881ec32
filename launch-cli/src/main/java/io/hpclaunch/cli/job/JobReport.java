// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a job or of an element of an array.
 *
 * @param id the job, the whole array, or the element
 * @param known what the state folder remembers, or null where no record has it
 * @param info the latest observation
 */
record JobReport(JobId id, @Nullable KnownJob known, JobInfo info) {
  private static final String INDEX = "{index}";

  /** The range of an array that is told of as a whole; null for a job and for an element. */
  @Nullable ArrayRange array() {
    return known == null || id.nativeId().index() != null ? null : known.array();
  }

  @Nullable String name() {
    return known == null ? null : known.name();
  }

  @Nullable Instant submitted() {
    Instant told = info.submitted();
    return told == null && known != null ? known.submitted() : told;
  }

  @Nullable String stdout() {
    return known == null ? null : path(known.stdout());
  }

  @Nullable String stderr() {
    return known == null ? null : path(known.stderr());
  }

  private String path(String template) {
    Integer index = id.nativeId().index();
    return index == null ? template : template.replace(INDEX, index.toString());
  }

  /** The elements of an array, by their indices; a job has none. */
  List<JobReport> elements() {
    KnownJob job = known;
    ArrayRange range = array();
    if (job == null || range == null) {
      return List.of();
    }
    return range.indices().mapToObj(this::element).toList();
  }

  /** How many elements of an array are in each state; a job has none. */
  Map<JobState, Integer> states() {
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    ArrayRange range = array();
    if (range != null) {
      range.indices().forEach(i -> counts.merge(elementInfo(i).state(), 1, Integer::sum));
    }
    return counts;
  }

  private JobReport element(int index) {
    return new JobReport(id.element(index), known, elementInfo(index));
  }

  /**
   * An element that was not observed yet waits as the whole waits, or ended with it; else nothing
   * can be told.
   */
  private JobInfo elementInfo(int index) {
    JobInfo seen = known == null ? null : known.elements().get(index);
    if (seen != null) {
      return seen;
    }
    JobState whole = info.state();
    boolean shared = whole.isFinal() || whole == JobState.QUEUED || whole == JobState.HELD;
    return shared && whole != JobState.COMPLETED
        ? JobInfo.builder(whole).reason(info.reason()).build()
        : JobInfo.builder(JobState.UNKNOWN).reason("not observed yet").build();
  }

  /** How one element of an array is told from what is known of the array. */
  static JobInfo element(KnownJob known, int index) {
    return new JobReport(known.id(), known, known.info()).elementInfo(index);
  }
}
