// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Slurm's points in time and durations. What is none ({@code Unknown}, {@code None}, {@code N/A},
 * {@code UNLIMITED}, an empty text, anything else) is null.
 */
final class SlurmTimes {
  private static final int SECONDS = 60;
  private static final int MOST_DIGITS = 12;

  private SlurmTimes() {}

  /** Seconds since 1970, as {@code SLURM_TIME_FORMAT=%s} makes them; 0 stands for none. */
  static @Nullable Instant instant(String text) {
    long seconds = number(text, 0, text.length());
    return seconds <= 0 ? null : Instant.ofEpochSecond(seconds);
  }

  /** {@code 2026-11-21T01:41:10} in the zone of the cluster, or seconds as above. */
  static @Nullable Instant instant(String text, ZoneId zone) {
    if (text.indexOf('T') <= 0) {
      return instant(text);
    }
    try {
      return LocalDateTime.parse(text).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** {@code [D-][[HH:]MM:]SS[.FRACTION]}, as in TotalCPU, TimeLimit and Elapsed. */
  static @Nullable Duration duration(String text) {
    int dash = text.indexOf('-');
    long days = dash < 0 ? 0 : number(text, 0, dash);
    int dot = text.indexOf('.', dash + 1);
    int end = dot < 0 ? text.length() : dot;
    long nanos = dot < 0 ? 0 : nanos(text.substring(dot + 1));
    long seconds = 0;
    int from = dash + 1;
    int parts = 0;
    while (from <= end && seconds >= 0) {
      int colon = text.indexOf(':', from);
      int to = colon < 0 || colon > end ? end : colon;
      long part = number(text, from, to);
      seconds = part < 0 ? -1 : seconds * SECONDS + part;
      from = to + 1;
      parts++;
    }
    if (days < 0 || seconds < 0 || nanos < 0 || parts > 3) {
      return null;
    }
    return Duration.ofDays(days).plusSeconds(seconds).plusNanos(nanos);
  }

  /** {@code [D-]HH:MM:SS} or {@code MM:SS}; not a bare number, which has no unit to trust. */
  static @Nullable Duration limit(String text) {
    return text.indexOf(':') < 0 ? null : duration(text);
  }

  private static long nanos(String fraction) {
    if (fraction.isEmpty() || fraction.length() > 9) {
      return -1;
    }
    return number(fraction + "000000000".substring(fraction.length()), 0, 9);
  }

  /** A number of ASCII digits; -1 where the text is none. */
  private static long number(String text, int from, int to) {
    if (from >= to || to - from > MOST_DIGITS) {
      return -1;
    }
    long number = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }
}
