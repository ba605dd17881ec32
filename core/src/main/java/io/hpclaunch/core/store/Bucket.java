// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.common.math.LongMath;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/**
 * A bucket that leaks evenly: each command fills it by one step, and there is room for a quarter of
 * a minute's commands. All that has to be remembered of it is when it will have run empty. This is
 * the generic cell rate algorithm of ITU-T I.371; the step is such that a burst and all that leaks
 * within a minute make the minute's number together.
 */
final class Bucket {
  /** No bucket, whatever its number, takes longer to run empty. */
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final Duration step;
  private final Duration room;

  /**
   * Makes a bucket.
   *
   * @param commands the most within any minute, at least 1
   */
  Bucket(int commands) {
    long burst = Math.max(1, commands / 4);
    long later = commands + 1L - burst; // the first of them a minute after the burst began
    step = Duration.ofNanos(LongMath.divide(LONGEST.toNanos(), later, RoundingMode.CEILING));
    room = step.multipliedBy(burst - 1);
  }

  /** How much too early it is for one more command; zero when there is room for it. */
  Duration early(Instant empty, Instant now) {
    if (!empty.isAfter(now)) {
      return Duration.ZERO;
    }
    Duration early = Duration.between(now, empty).minus(room);
    return early.isNegative() ? Duration.ZERO : early;
  }

  /** When it will have run empty, with one more command in it. */
  Instant filled(Instant empty, Instant now) {
    return (empty.isAfter(now) ? empty : now).plus(step);
  }

  /** Whether a bucket can be so full: else the clock has been set back since. */
  static boolean isPossible(Instant empty, Instant now) {
    return !empty.isAfter(now.plus(LONGEST));
  }
}
