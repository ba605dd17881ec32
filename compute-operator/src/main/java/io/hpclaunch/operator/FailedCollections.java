// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which results could not be collected, though their host was reached: how often, and why. */
final class FailedCollections {
  /** So often it is tried: a disk may have room again. */
  private static final int TRIES = 3;

  private final Map<String, Integer> failures = new HashMap<>();
  private final Map<String, String> reasons = new HashMap<>();

  void add(String task, int attempt, String why) {
    String key = task + "/" + attempt;
    failures.merge(key, 1, Integer::sum);
    reasons.put(key, why);
  }

  /** Why these results are given up; empty where it is tried again. */
  Optional<String> givenUp(String task, int attempt) {
    String key = task + "/" + attempt;
    return failures.getOrDefault(key, 0) < TRIES
        ? Optional.empty()
        : Optional.ofNullable(reasons.get(key));
  }
}
