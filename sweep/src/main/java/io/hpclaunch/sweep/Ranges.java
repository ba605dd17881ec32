// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Values that are computed: evenly spaced ones, as numpy and Python space them. */
final class Ranges {
  static final int MOST = 10_000_000;
  static final List<String> WORDS = List.of("linspace", "logspace", "range");

  private Ranges() {}

  /** What is wrong, or null. */
  static @Nullable String fault(String word, List<BigDecimal> numbers) {
    if (word.equals("range")) {
      if (numbers.isEmpty() || numbers.size() > 3) {
        return "takes [STOP], [START, STOP] or [START, STOP, STEP]";
      }
      if (numbers.size() == 3 && numbers.get(2).signum() == 0) {
        return "has a step of 0";
      }
      return steps(numbers) > MOST ? "has more than " + MOST + " values" : null;
    }
    if (numbers.size() != 3) {
      return "takes [START, STOP, COUNT]";
    }
    BigDecimal count = numbers.get(2).stripTrailingZeros();
    return count.scale() > 0 || count.signum() <= 0 || count.compareTo(new BigDecimal(MOST)) > 0
        ? "has a COUNT of " + numbers.get(2).toPlainString() + ", and takes 1 to " + MOST
        : null;
  }

  static List<Value> values(String word, List<BigDecimal> numbers) {
    return switch (word) {
      case "linspace" -> linear(numbers);
      case "logspace" -> logarithmic(numbers);
      default -> range(numbers);
    };
  }

  /** {@code START + i * (STOP - START) / (COUNT - 1)}, the last one being STOP itself. */
  private static List<Value> linear(List<BigDecimal> numbers) {
    List<Value> values = new ArrayList<>();
    spaced(numbers).forEach(number -> values.add(Value.of(number.doubleValue())));
    return values;
  }

  private static List<BigDecimal> spaced(List<BigDecimal> numbers) {
    BigDecimal start = numbers.get(0);
    BigDecimal stop = numbers.get(1);
    int count = numbers.get(2).intValue();
    List<BigDecimal> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(
          i == 0
              ? start
              : i == count - 1
                  ? stop
                  : start.add(stop.subtract(start)
                      .multiply(new BigDecimal(i))
                      .divide(new BigDecimal(count - 1), MathContext.DECIMAL128)));
    }
    return all;
  }

  /** Ten to the power of evenly spaced exponents; whole ones without an error of rounding. */
  private static List<Value> logarithmic(List<BigDecimal> numbers) {
    List<Value> values = new ArrayList<>();
    for (BigDecimal exponent : spaced(numbers)) {
      BigDecimal whole = exponent.stripTrailingZeros();
      boolean isWhole = whole.scale() <= 0;
      values.add(Value.of(
          isWhole
              ? Double.parseDouble("1e" + whole.toPlainString())
              : Math.pow(10, exponent.doubleValue())));
    }
    return values;
  }

  /** START, START + STEP … without STOP; integers where all three are, and exact decimals. */
  private static List<Value> range(List<BigDecimal> numbers) {
    boolean whole = numbers.stream().allMatch(number -> number.scale() <= 0);
    long count = steps(numbers);
    List<Value> values = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      BigDecimal value = start(numbers).add(step(numbers).multiply(new BigDecimal(i)));
      values.add(
          whole
              ? new Value.Scalar(Value.Kind.NUMBER, value.toBigInteger().toString())
              : Value.of(value.doubleValue()));
    }
    return values;
  }

  private static long steps(List<BigDecimal> numbers) {
    BigDecimal stop = numbers.get(numbers.size() == 1 ? 0 : 1);
    BigDecimal span = stop.subtract(start(numbers));
    BigDecimal step = step(numbers);
    if (span.signum() != step.signum()) {
      return 0;
    }
    BigDecimal[] parts = span.divideAndRemainder(step, MathContext.UNLIMITED);
    BigDecimal count = parts[1].signum() == 0 ? parts[0] : parts[0].add(BigDecimal.ONE);
    return count.min(new BigDecimal(Long.MAX_VALUE)).longValue();
  }

  private static BigDecimal start(List<BigDecimal> numbers) {
    return numbers.size() == 1 ? BigDecimal.ZERO : numbers.get(0);
  }

  private static BigDecimal step(List<BigDecimal> numbers) {
    return numbers.size() == 3 ? numbers.get(2) : BigDecimal.ONE;
  }
}
