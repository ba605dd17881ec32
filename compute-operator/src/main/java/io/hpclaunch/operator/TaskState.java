// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.JobState;
import java.util.Locale;

/**
 * Where a task, or an attempt at it, stands.
 *
 * @since 0.1
 */
public enum TaskState {
  /** Prepared; waits for tasks that it depends on, for room, or to be submitted. */
  WAITING,
  /** Its files are in place, and its submission has begun; its job may be there or not. */
  SUBMITTING,
  /** Its job waits for its turn. */
  QUEUED,
  /** Its job waits until somebody releases it. */
  HELD,
  /** Its job runs. */
  RUNNING,
  /** Its job was started and is stopped for now. */
  SUSPENDED,
  /** Ended well. */
  COMPLETED,
  /** Ended badly. */
  FAILED,
  /** Was ended by a user or an administrator. */
  CANCELLED;

  /**
   * Whether this is an end.
   *
   * @return true for {@link #COMPLETED}, {@link #FAILED} and {@link #CANCELLED}
   */
  public boolean isFinal() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /**
   * Whether a backend has, or may have, a job that has not ended.
   *
   * @return true from {@link #SUBMITTING} to {@link #SUSPENDED}
   */
  public boolean isActive() {
    return this != WAITING && !isFinal();
  }

  /**
   * The name in files and listings.
   *
   * @return such as {@code queued}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a job's state is for its attempt; a lost job's attempt has failed. */
  static TaskState of(JobState state, TaskState before) {
    return switch (state) {
      case QUEUED -> QUEUED;
      case HELD -> HELD;
      case RUNNING -> RUNNING;
      case SUSPENDED -> SUSPENDED;
      case COMPLETED -> COMPLETED;
      case FAILED, LOST -> FAILED;
      case CANCELLED -> CANCELLED;
      case UNKNOWN -> before;
    };
  }
}
