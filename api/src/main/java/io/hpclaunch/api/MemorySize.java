// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes of memory as text. As with every scheduler, the units are powers of 1024: {@code GB},
 * {@code G}, {@code GiB} and {@code gb} are the same.
 *
 * @since 0.1
 */
public final class MemorySize {
  /** Bytes of one kibibyte. */
  public static final long KIB = 1L << 10;

  /** Bytes of one mebibyte. */
  public static final long MIB = 1L << 20;

  /** Bytes of one gibibyte. */
  public static final long GIB = 1L << 30;

  private static final Pattern FORM = Pattern.compile("(\\d{1,19}(?:\\.\\d{1,9})?)\\s*([a-z]*)");

  private MemorySize() {}

  /**
   * Reads a size, which must have a unit.
   *
   * @param text a number and B, K, M, G, T or P, also with B or iB behind, in any case
   * @return bytes, more than zero, rounded up
   * @throws InvalidJob for anything else
   */
  public static long parse(String text) {
    return parse(text, "");
  }

  /**
   * Reads a size.
   *
   * @param text a number, with or without a unit
   * @param defaultUnit the unit of a bare number; empty where a unit is required
   * @return bytes, more than zero, rounded up
   * @throws InvalidJob for anything else
   */
  public static long parse(String text, String defaultUnit) {
    Matcher m = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (m.matches()) {
      String unit = m.group(2).isEmpty() ? defaultUnit.toLowerCase(Locale.ROOT) : m.group(2);
      int power = power(unit);
      if (power >= 0) {
        BigDecimal bytes =
            new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(1L << (10 * power)));
        BigDecimal whole = bytes.setScale(0, RoundingMode.CEILING);
        if (whole.signum() > 0 && whole.toBigInteger().bitLength() < Long.SIZE) {
          return whole.longValueExact();
        }
      }
    }
    throw new InvalidJob("'" + text + "' is not a size of memory: write 512M, 16G or 1.5T");
  }

  private static int power(String unit) {
    return switch (unit) {
      case "b" -> 0;
      case "k", "kb", "kib" -> 1;
      case "m", "mb", "mib" -> 2;
      case "g", "gb", "gib" -> 3;
      case "t", "tb", "tib" -> 4;
      case "p", "pb", "pib" -> 5;
      default -> -1;
    };
  }

  /**
   * Writes a size in the largest unit of K, M, G and T that leaves a whole number, as every
   * scheduler reads it: {@code 16G}.
   *
   * @param bytes a size, not negative
   * @return the text; bytes that are no whole kibibytes are rounded up to one
   */
  public static String format(long bytes) {
    long kib = bytes / KIB + (bytes % KIB == 0 ? 0 : 1);
    String units = "KMGT";
    int unit = 0;
    while (kib != 0 && kib % KIB == 0 && unit < units.length() - 1) {
      kib /= KIB;
      unit++;
    }
    return kib + units.substring(unit, unit + 1);
  }
}
