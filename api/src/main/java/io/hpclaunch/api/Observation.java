// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler answered about one job. The kinds are told apart because they allow different
 * conclusions: only {@link Seen} says something about the job, and a query that failed says
 * nothing.
 *
 * @since 0.1
 */
public sealed interface Observation {
  /**
   * The scheduler told about the job.
   *
   * @param info what it told
   * @param token the token that it keeps with the job, or null where the plugin cannot read it.
   *     Schedulers use their ids again: a job with another token is not the one that was asked for
   */
  record Seen(JobInfo info, @Nullable Token token) implements Observation {
    /**
     * Of a job whose token cannot be read.
     *
     * @param info what the scheduler told
     */
    public Seen(JobInfo info) {
      this(info, null);
    }
  }

  /**
   * The scheduler told about an array job that was asked for as a whole.
   *
   * @param elements what it told of each element, by the scheduler's index; one that is missing is
   *     not known to it (yet, or any more)
   * @param token as in {@link Seen}
   * @param exhaustive whether each element that waits is among them: one that is missing and never
   *     began was taken out of the array
   */
  record SeenArray(Map<Integer, JobInfo> elements, @Nullable Token token, boolean exhaustive)
      implements Observation {
    /** Copies the map. */
    public SeenArray {
      elements = Collections.unmodifiableMap(new TreeMap<>(elements));
    }

    /**
     * Of an array whose token cannot be read, and of which elements that wait may be left out.
     *
     * @param elements what the scheduler told of each element
     */
    public SeenArray(Map<Integer, JobInfo> elements) {
      this(elements, null, false);
    }
  }

  /**
   * The scheduler answered, and has no such job. That is no success, and not yet a loss.
   *
   * @param evidence what was asked and answered
   * @param everywhere whether all that keeps jobs was asked; where something could not be, the
   *     job's own record counts, and a loss is never concluded
   */
  record NotKnown(String evidence, boolean everywhere) implements Observation {
    /**
     * The scheduler was asked for all that it keeps.
     *
     * @param evidence what was asked and answered
     */
    public NotKnown(String evidence) {
      this(evidence, true);
    }
  }

  /**
   * The scheduler could not be asked, or gave no answer that can be used.
   *
   * @param why what went wrong
   */
  record NotAnswered(String why) implements Observation {}

  /**
   * The scheduler told about the job.
   *
   * @param info what it told
   * @return the observation
   */
  static Observation seen(JobInfo info) {
    return new Seen(info);
  }

  /**
   * The scheduler has no such job.
   *
   * @param evidence what was asked and answered
   * @return the observation
   */
  static Observation notKnown(String evidence) {
    return new NotKnown(evidence);
  }

  /**
   * The scheduler does not list the job any more, and what it keeps of jobs that ended could not be
   * asked.
   *
   * @param evidence what was asked and answered
   * @return the observation
   */
  static Observation notListed(String evidence) {
    return new NotKnown(evidence, false);
  }

  /**
   * The scheduler gave no answer that can be used.
   *
   * @param why what went wrong
   * @return the observation
   */
  static Observation notAnswered(String why) {
    return new NotAnswered(why);
  }
}
