// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** PBS' numbers, sizes, points in time and durations. What is none is null. */
final class PbsValues {
  private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";
  private static final int SIXTY = 60;
  private static final int HOURS = 24;
  private static final int MOST_DIGITS = 15;

  /** Bytes of a word, in which sizes such as {@code 10mw} count. */
  private static final int WORD = 8;

  private PbsValues() {}

  /**
   * A point in time.
   *
   * @param text {@code Sat Nov 21 01:47:54 2026}, which is UTC since PBS' commands are run with
   *     {@code TZ=UTC}, or seconds since 1970; 0 stands for none
   */
  static @Nullable Instant instant(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Long seconds = number(text);
    if (seconds != null) {
      return seconds > 0 ? Instant.ofEpochSecond(seconds) : null;
    }
    String[] words = text.strip().split(" +", -1);
    if (words.length != 5 || words[1].length() != 3) {
      return null;
    }
    int month = MONTHS.indexOf(words[1]);
    Long day = number(words[2]);
    Long year = number(words[4]);
    Duration time = duration(words[3]);
    if (month < 0 || month % 3 != 0 || day == null || year == null || time == null) {
      return null;
    }
    try {
      return LocalDateTime.of(year.intValue(), month / 3 + 1, day.intValue(), 0, 0)
          .plus(time)
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * {@code [[[DD:]HH:]MM:]SS[.fraction]}, where the hours may exceed 24; a bare number is seconds.
   */
  static @Nullable Duration duration(@Nullable String text) {
    if (text == null) {
      return null;
    }
    int dot = text.indexOf('.');
    String[] parts = (dot < 0 ? text : text.substring(0, dot)).strip().split(":", -1);
    if (parts.length > 4) {
      return null;
    }
    long seconds = 0;
    for (int i = 0; i < parts.length; i++) {
      Long part = number(parts[i]);
      if (part == null || parts[i].indexOf('-') >= 0) {
        return null;
      }
      boolean hours = parts.length == 4 && i == 1;
      seconds = seconds * (hours ? HOURS : SIXTY) + part;
    }
    return Duration.ofSeconds(seconds);
  }

  /** A size such as {@code 7380kb}, {@code 8gb}, {@code 10mw}; a bare number is bytes. */
  static @Nullable Long bytes(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String size = text.strip().toLowerCase(Locale.ROOT);
    int end = 0;
    while (end < size.length() && Character.isDigit(size.charAt(end))) {
      end++;
    }
    Long number = number(size.substring(0, end));
    String unit = size.substring(end);
    int word = unit.endsWith("w") ? WORD : 1;
    int power = switch (unit.isEmpty() ? unit : unit.substring(0, unit.length() - 1)) {
      case "" -> unit.isEmpty() || unit.equals("b") || unit.equals("w") ? 0 : -1;
      case "k" -> 1;
      case "m" -> 2;
      case "g" -> 3;
      case "t" -> 4;
      case "p" -> 5;
      default -> -1;
    };
    if (number == null || power < 0 || !(unit.isEmpty() || unit.endsWith("b") || word > 1)) {
      return null;
    }
    long factor = (1L << (10 * power)) * word;
    return number > Long.MAX_VALUE / factor ? null : Long.valueOf(number * factor);
  }

  /** A whole number that fits an int. */
  static @Nullable Integer integer(@Nullable String text) {
    Long number = text == null ? null : number(text);
    return number == null || number != number.intValue()
        ? null
        : Integer.valueOf(number.intValue());
  }

  /** {@code True} and {@code False}, as PBS writes them. */
  static @Nullable Boolean bool(@Nullable String text) {
    if (text == null) {
      return null;
    }
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "t", "y", "1" -> true;
      case "false", "f", "n", "0" -> false;
      default -> null;
    };
  }

  /** A whole number of ASCII digits, perhaps with a minus. */
  private static @Nullable Long number(String text) {
    String digits = text.strip();
    boolean minus = digits.startsWith("-");
    int from = minus ? 1 : 0;
    if (digits.length() == from || digits.length() - from > MOST_DIGITS) {
      return null;
    }
    long number = 0;
    for (int i = from; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (c < '0' || c > '9') {
        return null;
      }
      number = number * 10 + c - '0';
    }
    return minus ? -number : number;
  }
}
