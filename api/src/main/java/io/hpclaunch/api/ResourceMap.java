// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a map of resources; behind {@link Resources#of}. */
final class ResourceMap {
  private static final BigDecimal SECONDS_PER_HOUR = BigDecimal.valueOf(3600);
  private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);
  private static final int MOST_DECIMALS = 30;

  private ResourceMap() {}

  static Resources read(Map<String, ? extends @Nullable Object> map) {
    Resources.Builder b = Resources.builder();
    map.forEach((key, value) -> {
      if (value != null) {
        set(b, key, number(key, value));
      }
    });
    return b.build();
  }

  private static void set(Resources.Builder b, String key, BigDecimal value) {
    switch (key) {
      case "cpu", "cpus" -> b.cpus(whole(key, value));
      case "nodes" -> b.nodes(whole(key, value));
      case "tasks" -> b.tasks(whole(key, value));
      case "gpus" -> b.gpusPerNode(value.signum() == 0 ? null : whole(key, value));
      case "memory_gb" -> b.memoryPerNode(upTo(value, BigDecimal.valueOf(MemorySize.GIB)));
      case "time_hours" -> b.walltime(Duration.ofSeconds(upTo(value, SECONDS_PER_HOUR)));
      default ->
        throw new InvalidJob("unknown resource '"
            + key
            + "': known are cpu, memory_gb, time_hours, gpus, nodes, tasks");
    }
  }

  /** A number that no later step can blow up: {@code 1e999999999} would. */
  private static BigDecimal number(String key, Object value) {
    BigDecimal number;
    try {
      number = new BigDecimal(value.toString().strip());
    } catch (NumberFormatException e) {
      throw new InvalidJob("resource " + key + " must be a number, not '" + value + "'", e);
    }
    boolean nothing = number.signum() == 0 && key.equals("gpus");
    if ((number.signum() <= 0 && !nothing)
        || number.compareTo(MOST) > 0
        || number.scale() > MOST_DECIMALS) {
      throw new InvalidJob(
          "resource " + key + " must be more than 0 and at most 1e9, not " + value);
    }
    return number;
  }

  private static int whole(String key, BigDecimal value) {
    try {
      return value.intValueExact();
    } catch (ArithmeticException e) {
      throw new InvalidJob("resource " + key + " must be a whole number, not " + value, e);
    }
  }

  private static long upTo(BigDecimal value, BigDecimal unit) {
    return value.multiply(unit).setScale(0, RoundingMode.CEILING).longValueExact();
  }
}
