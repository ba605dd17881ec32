// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Instant;
import java.util.Objects;

/**
 * What is known of one job, and the rule by which a further observation changes it: the later by
 * attempt, then by the order of states, then by time wins. An end stays; only {@link JobState#LOST}
 * may be corrected, once. The rule gives the same result whichever of several processes saw what
 * first.
 *
 * @param info the observation that stands
 * @param observed when it was made
 * @param corrected whether it took the place of a loss
 */
public record Observations(JobInfo info, Instant observed, boolean corrected) {
  /** What a further observation is, beside the one that stands. */
  public enum Verdict {
    /** It says nothing that is new: earlier, against an end, or that nothing can be determined. */
    IGNORED,
    /** It takes the place of the one that stands. */
    ADVANCED,
    /** It shows that a job told as lost is not; to be told as a correction. */
    CORRECTED
  }

  /**
   * The first observation.
   *
   * @param info what was seen
   * @param observed when
   * @return it stands
   */
  public static Observations first(JobInfo info, Instant observed) {
    return new Observations(info, observed, false);
  }

  /**
   * Judges a further observation.
   *
   * @param seen what was seen
   * @param at when
   * @return what it is
   */
  public Verdict judge(JobInfo seen, Instant at) {
    if (seen.state() == JobState.UNKNOWN || seen.attempt() < info.attempt()) {
      return Verdict.IGNORED;
    }
    if (info.state().isFinal()) {
      boolean correction =
          info.state() == JobState.LOST && seen.state() != JobState.LOST && !corrected;
      return correction ? Verdict.CORRECTED : Verdict.IGNORED;
    }
    if (corrected && seen.state() == JobState.LOST) {
      return Verdict.IGNORED;
    }
    if (seen.attempt() > info.attempt()) {
      return Verdict.ADVANCED;
    }
    int step = Integer.compare(rank(seen.state()), rank(info.state()));
    boolean later = step > 0 || (step == 0 && at.isAfter(observed));
    return later ? Verdict.ADVANCED : Verdict.IGNORED;
  }

  /**
   * Takes a further observation in.
   *
   * @param seen what was seen
   * @param at when
   * @return what is known now
   */
  public Observations with(JobInfo seen, Instant at) {
    return switch (judge(seen, at)) {
      case IGNORED -> this;
      case ADVANCED -> new Observations(seen, at, corrected);
      case CORRECTED -> new Observations(seen, at, true);
    };
  }

  /**
   * Brings together what two processes know.
   *
   * @param other what the other one knows
   * @return what both know
   */
  public Observations merge(Observations other) {
    if (corrected != other.corrected) {
      Observations after = corrected ? this : other;
      Observations before = corrected ? other : this;
      boolean open = !after.info.state().isFinal() && before.info.state() != JobState.LOST;
      return open ? after.with(before.info, before.observed) : after;
    }
    return with(other.info, other.observed);
  }

  /**
   * Whether this tells more than what was known before. What only goes on while a job runs, as its
   * time and memory, is no news: who asks gets it from the scheduler.
   *
   * @param before what was known
   * @return true when it is worth keeping
   */
  public boolean isNewsTo(Observations before) {
    if (info.equals(before.info) || corrected != before.corrected) {
      return corrected != before.corrected;
    }
    return info.state().isFinal()
        || info.state() != before.info.state()
        || info.attempt() != before.info.attempt()
        || !Objects.equals(info.started(), before.info.started())
        || !Objects.equals(info.nativeState(), before.info.nativeState())
        || !Objects.equals(info.reason(), before.info.reason());
  }

  /** States of one rank may follow each other in any order. */
  private static int rank(JobState state) {
    return switch (state) {
      case UNKNOWN -> 0;
      case QUEUED, HELD -> 1;
      case RUNNING, SUSPENDED -> 2;
      case COMPLETED, FAILED, CANCELLED, LOST -> 3;
    };
  }
}
