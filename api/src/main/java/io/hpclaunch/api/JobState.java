// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * Where a job stands. {@link #QUEUED}, {@link #HELD}, {@link #RUNNING} and {@link #SUSPENDED} lead
 * to one of the four ends; {@link #UNKNOWN} is an observation and never an end.
 *
 * @since 0.1
 */
public enum JobState {
  /** Waits for its turn: in the scheduler's queue, or in the client's own. */
  QUEUED(Phase.PENDING),
  /** Waits until somebody releases it. */
  HELD(Phase.PENDING),
  /** Runs, or is being set up or cleared away on its nodes. */
  RUNNING(Phase.RUNNING),
  /** Was started and is stopped for now. */
  SUSPENDED(Phase.RUNNING),
  /** Ended well, with evidence: the scheduler's record, or the exit record that the job wrote. */
  COMPLETED(Phase.COMPLETED),
  /** Ended badly; {@link JobInfo#cause()} says how. */
  FAILED(Phase.FAILED),
  /** Was ended by a user or an administrator. */
  CANCELLED(Phase.FAILED),
  /** Nobody knows it any more and no evidence of its end was found before the deadline. */
  LOST(Phase.FAILED),
  /** Cannot be determined now. */
  UNKNOWN(Phase.PENDING);

  private final Phase phase;

  JobState(Phase phase) {
    this.phase = phase;
  }

  /** The four phases that most users care for. */
  public enum Phase {
    /** Not started, or not known. */
    PENDING,
    /** Started and not ended. */
    RUNNING,
    /** Ended well. */
    COMPLETED,
    /** Ended in any other way. */
    FAILED
  }

  /**
   * Folds the states into four phases.
   *
   * @return the phase; {@link Phase#PENDING} for {@link #UNKNOWN}
   */
  public Phase phase() {
    return phase;
  }

  /**
   * Whether a job in this state has ended.
   *
   * @return true for {@link #COMPLETED}, {@link #FAILED}, {@link #CANCELLED} and {@link #LOST}
   */
  public boolean isFinal() {
    return phase == Phase.COMPLETED || phase == Phase.FAILED;
  }
}
