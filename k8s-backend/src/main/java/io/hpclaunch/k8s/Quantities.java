// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Amounts as Kubernetes writes them: {@code 500m}, {@code 16Gi}, {@code 1e3}. */
final class Quantities {
  private static final Map<String, BigDecimal> SUFFIXES = Map.ofEntries(
      Map.entry("n", BigDecimal.ONE.movePointLeft(9)),
      Map.entry("u", BigDecimal.ONE.movePointLeft(6)),
      Map.entry("m", BigDecimal.ONE.movePointLeft(3)),
      Map.entry("k", BigDecimal.TEN.pow(3)),
      Map.entry("M", BigDecimal.TEN.pow(6)),
      Map.entry("G", BigDecimal.TEN.pow(9)),
      Map.entry("T", BigDecimal.TEN.pow(12)),
      Map.entry("P", BigDecimal.TEN.pow(15)),
      Map.entry("E", BigDecimal.TEN.pow(18)),
      Map.entry("Ki", BigDecimal.valueOf(2).pow(10)),
      Map.entry("Mi", BigDecimal.valueOf(2).pow(20)),
      Map.entry("Gi", BigDecimal.valueOf(2).pow(30)),
      Map.entry("Ti", BigDecimal.valueOf(2).pow(40)),
      Map.entry("Pi", BigDecimal.valueOf(2).pow(50)),
      Map.entry("Ei", BigDecimal.valueOf(2).pow(60)));
  private static final String[] BINARY = {"Ei", "Pi", "Ti", "Gi", "Mi", "Ki"};

  private Quantities() {}

  /** A number of bytes, exactly. */
  static String ofBytes(long bytes) {
    for (String suffix : BINARY) {
      long unit = factor(suffix).longValueExact();
      if (bytes > 0 && bytes % unit == 0) {
        return bytes / unit + suffix;
      }
    }
    return String.valueOf(bytes);
  }

  private static BigDecimal factor(String suffix) {
    BigDecimal factor = SUFFIXES.get(suffix);
    if (factor == null) {
      throw new NumberFormatException("no suffix of a quantity: " + suffix);
    }
    return factor;
  }

  /** What a quantity says, exactly; null where it is none. */
  static @Nullable BigDecimal amount(@Nullable String quantity) {
    if (quantity == null) {
      return null;
    }
    int end = quantity.length();
    while (end > 0 && Character.isLetter(quantity.charAt(end - 1))) {
      end--;
    }
    String suffix = quantity.substring(end);
    try {
      BigDecimal number = new BigDecimal(quantity.substring(0, end));
      return suffix.isEmpty() ? number : number.multiply(factor(suffix));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** The whole number in a quantity, rounded down; null where it is none. */
  static @Nullable Long whole(@Nullable String quantity) {
    BigDecimal amount = amount(quantity);
    try {
      return amount == null
          ? null
          : (Long) amount.setScale(0, RoundingMode.DOWN).longValueExact();
    } catch (ArithmeticException e) {
      return null;
    }
  }

  /** As {@link #whole}, where it fits. */
  static @Nullable Integer count(@Nullable String quantity) {
    Long whole = whole(quantity);
    return whole == null || whole > Integer.MAX_VALUE ? null : (Integer) whole.intValue();
  }
}
