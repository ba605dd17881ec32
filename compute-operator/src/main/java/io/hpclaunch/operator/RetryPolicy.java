// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidJob;
import java.util.EnumSet;
import java.util.Set;

/**
 * Whether a task that failed is tried again. Each attempt has the memory and the time of the one
 * before, multiplied by the factors. A task that was cancelled, or whose dependencies failed, is
 * not tried again.
 *
 * @param max how many attempts may follow the first one; 0 for none
 * @param memoryFactor what memory is multiplied by, at least 1
 * @param timeFactor what the time limit is multiplied by, at least 1
 * @param causes after which failures; empty for all
 * @since 0.1
 */
public record RetryPolicy(
    int max, double memoryFactor, double timeFactor, Set<FailureCause> causes) {
  /** No attempt after the first. */
  public static final RetryPolicy NEVER = new RetryPolicy(0, 1, 1, Set.of());

  /**
   * Checks the numbers.
   *
   * @throws InvalidJob when one is too small, or a cause is {@link FailureCause#DEPENDENCY}
   */
  public RetryPolicy {
    if (max < 0) {
      throw new InvalidJob("retry.max is 0 or more, not " + max);
    }
    checkFactor("memory_factor", memoryFactor);
    checkFactor("time_factor", timeFactor);
    if (causes.contains(FailureCause.DEPENDENCY)) {
      throw new InvalidJob("a task whose dependencies failed is not tried again: retry those");
    }
    causes = causes.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(causes));
  }

  /**
   * The same task again, as it was.
   *
   * @param max how many attempts may follow the first one
   * @return the policy, for all causes
   */
  public static RetryPolicy times(int max) {
    return new RetryPolicy(max, 1, 1, Set.of());
  }

  /**
   * The same policy with more memory each time.
   *
   * @param factor at least 1
   * @return the policy
   */
  public RetryPolicy memoryFactor(double factor) {
    return new RetryPolicy(max, factor, timeFactor, causes);
  }

  /**
   * The same policy with more time each time.
   *
   * @param factor at least 1
   * @return the policy
   */
  public RetryPolicy timeFactor(double factor) {
    return new RetryPolicy(max, memoryFactor, factor, causes);
  }

  /**
   * The same policy after some failures only.
   *
   * @param only the causes
   * @return the policy
   */
  public RetryPolicy causes(FailureCause... only) {
    return new RetryPolicy(max, memoryFactor, timeFactor, Set.of(only));
  }

  boolean covers(FailureCause cause) {
    return cause != FailureCause.DEPENDENCY && (causes.isEmpty() || causes.contains(cause));
  }

  private static void checkFactor(String name, double factor) {
    if (!(factor >= 1) || Double.isInfinite(factor)) {
      throw new InvalidJob("retry." + name + " is a number from 1 upwards, not " + factor);
    }
  }
}
