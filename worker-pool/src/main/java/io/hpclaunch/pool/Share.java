// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

/**
 * How much of a batch is waited for.
 *
 * @param percent of its tasks, 0 to 100
 * @param isAny whether one task is enough
 * @since 0.1
 */
public record Share(double percent, boolean isAny) {
  private static final Share ANY = new Share(0, true);
  private static final Share ALL = new Share(100, false);

  /** Checks the number. */
  public Share {
    if (!(percent >= 0 && percent <= 100)) {
      throw new IllegalArgumentException("a share is 0 to 100 percent, not " + percent);
    }
  }

  /**
   * One task.
   *
   * @return the share
   */
  public static Share any() {
    return ANY;
  }

  /**
   * All tasks.
   *
   * @return the share
   */
  public static Share all() {
    return ALL;
  }

  /**
   * Some percent: it is there when floor(100 · ended / tasks) has reached it.
   *
   * @param percent 0 to 100
   * @return the share
   */
  public static Share percent(double percent) {
    return new Share(percent, false);
  }

  /** Whether so many of so many are enough. */
  boolean isReached(long ended, long tasks) {
    if (tasks == 0) {
      return true;
    }
    long whole = 100 * ended / tasks;
    return isAny ? ended > 0 : whole >= percent;
  }
}
