// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Texts of numbers. */
final class Numbers {
  private static final Pattern JSON = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?");

  /** Most digits that a double needs to be told from its neighbours. */
  private static final int MOST_DIGITS = 17;

  /** Python writes an exponent from here on. */
  private static final int LARGEST_PLAIN = 16;

  private static final int SMALLEST_PLAIN = -4;

  private Numbers() {}

  /** As JSON can write it; a string where it cannot. */
  static String json(String text) {
    if (JSON.matcher(text).matches()) {
      return text;
    }
    BigDecimal number = decimal(text);
    return number == null ? Jsons.quote(text) : number.toString().replace("E", "e");
  }

  /** Its value by YAML's core schema; null of infinities and of what is no number. */
  static @Nullable BigDecimal decimal(String text) {
    try {
      if (text.startsWith("0x")) {
        return new BigDecimal(new BigInteger(text.substring(2), 16));
      }
      if (text.startsWith("0o")) {
        return new BigDecimal(new BigInteger(text.substring(2), 8));
      }
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  /** As Python's repr of a float: the fewest digits that mean this very number. */
  static String python(double number) {
    if (Double.isNaN(number)) {
      return "nan";
    }
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal shortest = shortest(number).stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - shortest.scale() - 1;
    String sign = number < 0 ? "-" : "";
    if (exponent < SMALLEST_PLAIN || exponent >= LARGEST_PLAIN) {
      String rest = digits.length() > 1 ? "." + digits.substring(1) : "";
      return sign
          + digits.charAt(0)
          + rest
          + String.format(Locale.ROOT, "e%s%02d", exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.abs().toPlainString();
    return sign + plain + (plain.indexOf('.') < 0 ? ".0" : "");
  }

  private static BigDecimal shortest(double number) {
    BigDecimal exact = new BigDecimal(number);
    for (int digits = 1; digits < MOST_DIGITS; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == number) {
        return rounded;
      }
    }
    return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN));
  }
}
