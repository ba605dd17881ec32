// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.JobInfo;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a task of a sweep stands.
 *
 * @since 0.1
 */
public enum TaskState {
  /** It was never submitted. */
  MISSING,
  /** It waits with the scheduler, or in the client's own queue. */
  PENDING,
  /** It runs. */
  RUNNING,
  /** It ended with status 0: the scheduler, the job's script or the task itself wrote so. */
  COMPLETED,
  /** It ended in another way. */
  FAILED,
  /** Somebody ended it. */
  CANCELLED,
  /** Its job has vanished, and nothing tells how it ended. */
  LOST,
  /** It cannot be determined now. */
  UNKNOWN;

  static TaskState of(@Nullable JobInfo info) {
    if (info == null) {
      return MISSING;
    }
    return switch (info.state()) {
      case QUEUED, HELD -> PENDING;
      case RUNNING, SUSPENDED -> RUNNING;
      case COMPLETED -> COMPLETED;
      case FAILED -> FAILED;
      case CANCELLED -> CANCELLED;
      case LOST -> LOST;
      case UNKNOWN -> UNKNOWN;
    };
  }

  /**
   * Whether the task may still do something by itself.
   *
   * @return true while it waits, runs, or cannot be asked about
   */
  public boolean isActive() {
    return this == PENDING || this == RUNNING || this == UNKNOWN;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
