// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a user wants tried again.
 *
 * @param tasks the ids of the tasks; empty for all that have failed or were cancelled
 * @param memory the memory of the new attempts in bytes, or null for that of the last ones
 * @param timeLimit how long they may run, or null for the time of the last ones
 * @since 0.1
 */
public record RetryRequest(
    List<String> tasks, @Nullable Long memory, @Nullable Duration timeLimit) {
  /** All that have failed or were cancelled, as they were. */
  public static final RetryRequest ALL = new RetryRequest(List.of(), null, null);

  /** Copies the list. */
  public RetryRequest {
    tasks = List.copyOf(tasks);
  }

  /**
   * Single tasks, as they were.
   *
   * @param tasks their ids
   * @return the request
   */
  public static RetryRequest of(String... tasks) {
    return new RetryRequest(List.of(tasks), null, null);
  }
}
