// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.time.Duration;
import java.util.function.LongSupplier;

/** When to try again: at once, then after 1 s, 2 s, 4 s and so on, at most a minute. */
final class Backoff {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final LongSupplier nanoTime;
  private int failures;
  private long failedAt;

  Backoff(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void failed() {
    failures++;
    failedAt = nanoTime.getAsLong();
  }

  void succeeded() {
    failures = 0;
  }

  int failures() {
    return failures;
  }

  /** How long a failure is waited for in all. */
  Duration pause() {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration pause = FIRST.multipliedBy(1L << Math.min(failures - 1, 10));
    return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
  }

  /** How long it is until then; zero when the time has come. */
  Duration left() {
    Duration left = pause().minusNanos(nanoTime.getAsLong() - failedAt);
    return failures == 0 || left.isNegative() ? Duration.ZERO : left;
  }
}
