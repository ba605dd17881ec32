// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walltimes as text. The forms are those that Slurm and PBS share: {@code [D-]HH:MM:SS} (the hours
 * may exceed 24) and {@code MM:SS}.
 *
 * @since 0.1
 */
public final class Walltimes {
  private static final Pattern HMS =
      Pattern.compile("(?:(\\d{1,5})-)?(\\d{1,7}):(\\d{2}):(\\d{2})");
  private static final Pattern MS = Pattern.compile("(\\d{1,9}):(\\d{2})");
  private static final int SIXTY = 60;

  private Walltimes() {}

  /**
   * Reads a walltime.
   *
   * @param text {@code [D-]HH:MM:SS} or {@code MM:SS}
   * @return the duration, more than zero
   * @throws InvalidJob for anything else; a bare number among it, since it is minutes to one
   *     scheduler and seconds to another
   */
  public static Duration parse(String text) {
    String t = text.strip();
    Matcher hms = HMS.matcher(t);
    if (hms.matches()) {
      int minutes = Integer.parseInt(hms.group(3));
      int seconds = Integer.parseInt(hms.group(4));
      if (minutes < SIXTY && seconds < SIXTY) {
        return positive(
            Duration.ofDays(hms.group(1) == null ? 0 : Long.parseLong(hms.group(1)))
                .plusHours(Long.parseLong(hms.group(2)))
                .plusMinutes(minutes)
                .plusSeconds(seconds),
            text);
      }
    }
    Matcher ms = MS.matcher(t);
    if (ms.matches() && Integer.parseInt(ms.group(2)) < SIXTY) {
      return positive(
          Duration.ofMinutes(Long.parseLong(ms.group(1))).plusSeconds(Long.parseLong(ms.group(2))),
          text);
    }
    if (!t.isEmpty() && t.chars().allMatch(Character::isDigit)) {
      throw new InvalidJob(
          "walltime '" + text + "' has no unit: write [D-]HH:MM:SS or MM:SS, such as 01:30:00");
    }
    refuseUnlimited("walltime", text);
    throw new InvalidJob("walltime '" + text + "' is not [D-]HH:MM:SS or MM:SS, such as 01:30:00");
  }

  /** Says what to do about Slurm's words for no limit. */
  static void refuseUnlimited(String what, String text) {
    switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "unlimited", "infinite", "-1" ->
        throw new InvalidJob(
            what + " '" + text + "' is no limit, for which there is no value: leave it out");
      default -> {}
    }
  }

  private static Duration positive(Duration d, String text) {
    if (d.isZero()) {
      throw new InvalidJob("walltime '" + text + "' is zero");
    }
    return d;
  }

  /**
   * Writes a walltime with hours beyond 24 where need be, as PBS and Slurm both read it. Parts of a
   * second are rounded up.
   *
   * @param walltime a duration that is not negative
   * @return {@code HH:MM:SS}
   */
  public static String format(Duration walltime) {
    long s = walltime.getSeconds() + (walltime.getNano() > 0 ? 1 : 0);
    return String.format(
        Locale.ROOT, "%02d:%02d:%02d", s / (SIXTY * SIXTY), s / SIXTY % SIXTY, s % SIXTY);
  }
}
