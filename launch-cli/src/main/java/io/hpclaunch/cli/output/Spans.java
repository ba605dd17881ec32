// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import java.time.Duration;
import java.util.Locale;

/** How far a number of jobs has come, and how long it takes, in words. */
public final class Spans {
  private static final int BAR = 40;

  private Spans() {}

  /** Such as {@code 2 h 5 min}. */
  public static String words(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }

  /** Such as {@code [####....] 20 of 40 ended}. */
  public static String bar(int done, int all) {
    int filled = all == 0 ? 0 : (int) ((long) BAR * done / all);
    return "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + done + " of " + all
        + " ended";
  }

  /** Such as {@code 2.5 jobs a minute, about 3 min left}; empty where nothing has ended yet. */
  public static String pace(String what, int ended, Duration within, int left) {
    double minutes = within.toMillis() / 60_000.0;
    if (ended == 0 || minutes <= 0) {
      return "";
    }
    double each = ended / minutes;
    String rest = left == 0
        ? ""
        : ", about " + words(Duration.ofSeconds(Math.round(left / each * 60))) + " left";
    return String.format(Locale.ROOT, "%.1f %s a minute%s", each, what, rest);
  }
}
