// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.Walltimes;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times and lengths of time as users write and read them. */
public final class Times {
  private static final Pattern UNITS = Pattern.compile(
      "(?:(\\d{1,6})w)?(?:(\\d{1,6})d)?(?:(\\d{1,7})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");
  private static final int[] SECONDS = {7 * 86_400, 86_400, 3600, 60, 1};
  private static final DateTimeFormatter SHOWN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm");

  private static final DateTimeFormatter EXACT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss xxx");

  private Times() {}

  /**
   * Reads a length of time: numbers with w, d, h, m, s behind them, largest first, or a walltime; 0
   * needs no unit.
   *
   * @param what says it, for errors
   * @param text what was said
   * @return the length
   * @throws InvalidJob when it is none
   */
  public static Duration duration(String what, String text) {
    Matcher units = UNITS.matcher(text);
    if (!text.isEmpty() && units.matches()) {
      Duration sum = Duration.ZERO;
      for (int i = 0; i < SECONDS.length; i++) {
        String number = units.group(i + 1);
        sum = sum.plusSeconds(number == null ? 0 : Long.parseLong(number) * SECONDS[i]);
      }
      return sum;
    }
    if (text.equals("0")) {
      return Duration.ZERO;
    }
    if (text.indexOf(':') > 0) {
      return Walltimes.parse(text);
    }
    throw new InvalidJob(what + " '" + text
        + "' is no length of time: write such as 30d, 12h, 90s, 1h30m or HH:MM:SS");
  }

  /** Reads a point in time, or how long ago it was. */
  static Instant since(String text, Instant now, ZoneId zone) {
    if (UNITS.matcher(text).matches() && !text.isEmpty()) {
      return now.minus(duration("--since", text));
    }
    try {
      String time = text.replace(' ', 'T');
      if (time.indexOf('T') < 0) {
        return LocalDate.parse(time).atStartOfDay(zone).toInstant();
      }
      boolean zoned = time.matches(".*(Z|[+-]\\d\\d:?\\d\\d)");
      return zoned
          ? OffsetDateTime.parse(time).toInstant()
          : LocalDateTime.parse(time).atZone(zone).toInstant();
    } catch (DateTimeParseException e) {
      throw new InvalidJob(
          "--since '" + text
              + "' is no time: write such as 2h (ago), 2025-03-01 or 2025-03-01T14:30",
          e);
    } catch (DateTimeException e) {
      throw new InvalidJob("--since '" + text + "': " + e.getMessage(), e);
    }
  }

  /** For people who look closely: to the second, with the offset of their time zone. */
  static @Nullable String exact(@Nullable Instant time) {
    return time == null ? null : EXACT.format(time.atZone(ZoneId.systemDefault()));
  }

  /**
   * For people: to the minute, in their own time zone.
   *
   * @param time a point in time, or null
   * @return the text, or null
   */
  public static @Nullable String shown(@Nullable Instant time) {
    return time == null ? null : SHOWN.format(time.atZone(ZoneId.systemDefault()));
  }
}
