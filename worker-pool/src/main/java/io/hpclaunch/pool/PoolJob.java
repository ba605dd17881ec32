// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.pool.wire.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A batch job of a pool's, as it is remembered.
 *
 * @param id the job
 * @param workers how many workers the pool has of it: those that it was submitted with, without
 *     those that were told to end
 * @param submitted when it was submitted
 * @param walltime how long it may run, or null: the pool does not say
 * @param isHeard whether a worker of it was ever heard of
 */
record PoolJob(
    JobId id, int workers, Instant submitted, @Nullable Duration walltime, boolean isHeard) {
  /** How long before the walltime workers take no more tasks, unless that is short. */
  static final Duration LONGEST_WARNING = Duration.ofMinutes(2);

  /** Of a short walltime: one of so many parts. */
  private static final int WARNING_PARTS = 4;

  /** What a clock of the scheduler's, in whole seconds, may be off. */
  private static final Duration ROUNDING = Duration.ofSeconds(1);

  /** How long before the walltime workers take no more tasks: two minutes, or a quarter of it. */
  static Duration warning(Duration walltime) {
    Duration part = walltime.dividedBy(WARNING_PARTS);
    return part.compareTo(LONGEST_WARNING) < 0 ? part : LONGEST_WARNING;
  }

  PoolJob withId(JobId value) {
    return new PoolJob(value, workers, submitted, walltime, isHeard);
  }

  PoolJob withWorkers(int value) {
    return new PoolJob(id, value, submitted, walltime, isHeard);
  }

  PoolJob heard() {
    return new PoolJob(id, workers, submitted, walltime, true);
  }

  /** Whether this is the job that a worker says it lives in. */
  boolean isOf(WorkerReport report) {
    return id.toString().equals(report.job());
  }

  /** Whether it waits, runs, or may do so for all that is known; null: nobody knows it any more. */
  static boolean isAlive(@Nullable JobInfo info) {
    return info != null && !info.state().isFinal();
  }

  static boolean isRunning(@Nullable JobInfo info) {
    return info != null && info.state().phase() == JobState.Phase.RUNNING;
  }

  /** Whether it has ended because of its walltime, or shortly before, when its workers left. */
  boolean isExpired(@Nullable JobInfo info) {
    if (info == null || !info.state().isFinal()) {
      return false;
    }
    if (info.cause() == Cause.TIMEOUT) {
      return true;
    }
    Instant started = info.started();
    Instant ended = info.ended();
    boolean isCancelled = info.state() == JobState.CANCELLED;
    if (isCancelled || walltime == null || started == null || ended == null) {
      return false;
    }
    Duration left = walltime.minus(warning(walltime)).minus(ROUNDING);
    return Duration.between(started, ended).compareTo(left) >= 0;
  }
}
