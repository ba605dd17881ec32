// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a task, or an attempt at it, has failed: the causes of jobs, and those that come before or
 * instead of a job.
 *
 * @since 0.1
 */
public enum FailureCause {
  /** The command returned a status other than 0. */
  EXIT_CODE,
  /** A signal ended the command. */
  SIGNAL,
  /** It used more memory than it had. */
  OUT_OF_MEMORY,
  /** It reached its time limit. */
  TIMEOUT,
  /** A node failed. */
  NODE_FAIL,
  /** It had to make way for another job. */
  PREEMPTED,
  /** It could not be started. */
  LAUNCH,
  /** A task that it depends on has not completed. */
  DEPENDENCY,
  /** Its files could not be brought where it needs them. */
  STAGING,
  /** Nobody knows its job any more, and no evidence of the job's end was found. */
  LOST,
  /** Its job never got an id within the time that it has for that. */
  NO_ID,
  /** The backend refused its job. */
  REJECTED;

  /**
   * The name in files and listings.
   *
   * @return such as {@code out_of_memory}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a name.
   *
   * @param label such as {@code out_of_memory}
   * @return the cause
   * @throws InvalidJob when there is none of that name; the message lists them
   */
  public static FailureCause of(String label) {
    for (FailureCause cause : values()) {
      if (cause.label().equals(label)) {
        return cause;
      }
    }
    throw new InvalidJob("there is no cause '" + label + "' of a failure; there are "
        + String.join(", ", Arrays.stream(values()).map(FailureCause::label).toList()));
  }

  /** Why a job ended badly; null for one that completed, was cancelled, or goes on. */
  static @Nullable FailureCause of(JobInfo info) {
    if (info.state() == JobState.LOST) {
      return LOST;
    }
    Cause cause = info.cause();
    if (info.state() != JobState.FAILED) {
      return null;
    }
    return cause == null ? EXIT_CODE : valueOf(cause.name());
  }
}
