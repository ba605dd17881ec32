// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import java.time.Duration;
import java.time.Instant;

/**
 * How often a scheduler is asked. While nothing happens the pauses grow with the time that has
 * passed, so that an end is seen late by a tenth of that time at most; a scheduler that is slow to
 * answer is left in peace for longer.
 */
final class Pace {
  private static final int SHARE = 10;
  private static final int LONGEST = 30;
  private static final Duration CAP = Duration.ofMinutes(1);

  /** At most a fifth of the time goes into queries. */
  private static final int REST = 4;

  private final Duration least;
  private final Duration most;
  private Instant lastNews;
  private Duration tookBefore = Duration.ZERO;

  /**
   * Makes a pace.
   *
   * @param least the least time between two rounds
   * @param now the present
   */
  Pace(Duration least, Instant now) {
    this.least = least;
    Duration longest = least.multipliedBy(LONGEST);
    Duration capped = longest.compareTo(CAP) < 0 ? longest : CAP;
    this.most = capped.compareTo(least) < 0 ? least : capped;
    this.lastNews = now;
  }

  Duration least() {
    return least;
  }

  Duration most() {
    return most;
  }

  /** Something is about to happen. */
  synchronized void reset(Instant now) {
    lastNews = now;
  }

  /**
   * The pause after a round.
   *
   * @param news whether anything had happened
   * @param took how long the query took
   * @param now the present
   * @return the pause
   */
  synchronized Duration next(boolean news, Duration took, Instant now) {
    if (news) {
      lastNews = now;
    }
    Duration quiet = Duration.between(lastNews, now).dividedBy(SHARE);
    Duration pause = quiet.compareTo(most) < 0 ? quiet : most;
    Duration usual =
        took.compareTo(tookBefore) < 0 ? took : tookBefore; // one may be slow by chance
    tookBefore = took;
    return longer(longer(pause, least), usual.multipliedBy(REST));
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? b : a;
  }
}
