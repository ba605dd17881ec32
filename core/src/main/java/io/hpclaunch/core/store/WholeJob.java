// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobInfo;
import java.time.Instant;
import java.util.Map;

/**
 * A job's record together with what is known of its elements.
 *
 * @param record the record
 * @param elements the elements of an array; of a plain job none
 */
public record WholeJob(JobRecord record, Elements elements) {
  /**
   * A job of whose elements nothing is known.
   *
   * @param record its record
   * @return the job
   */
  public static WholeJob of(JobRecord record) {
    return new WholeJob(record, Elements.none(record.array()));
  }

  /**
   * The same elements under another record.
   *
   * @param changed the record
   * @return the job
   */
  public WholeJob with(JobRecord changed) {
    return new WholeJob(changed, elements);
  }

  /**
   * Takes observations of elements in; the state of the whole is left as it is.
   *
   * @param seen what was seen, by the user's index
   * @param at when
   * @return what is known now
   */
  public WholeJob observeElements(Map<Integer, JobInfo> seen, Instant at) {
    return seen.isEmpty() ? this : new WholeJob(record, elements.observe(seen, at));
  }
}
