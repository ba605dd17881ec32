// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Rows as comma-separated values (RFC 4180), for programs: enums in lower case, times in ISO 8601,
 * durations in seconds, lists with blanks between their values; what is not known is empty.
 */
public final class Csv {
  private static final String LINE_END = "\r\n";

  private Csv() {}

  /**
   * Prints a row.
   *
   * @param cells texts, numbers, times, durations, enums, lists; null for what is not known
   * @param out where to
   */
  public static void print(Collection<? extends @Nullable Object> cells, PrintWriter out) {
    List<String> texts = new ArrayList<>();
    for (Object cell : cells) {
      texts.add(quoted(text(cell)));
    }
    out.print(String.join(",", texts) + LINE_END);
  }

  private static String text(@Nullable Object cell) {
    if (cell == null) {
      return "";
    }
    if (cell instanceof Enum<?> word) {
      return word.name().toLowerCase(Locale.ROOT);
    }
    if (cell instanceof Duration time) {
      return plain(BigDecimal.valueOf(time.toMillis(), 3));
    }
    if (cell instanceof Double number) {
      return plain(BigDecimal.valueOf(number));
    }
    if (cell instanceof Collection<?> all) {
      return String.join(" ", all.stream().map(Csv::text).toList());
    }
    return cell.toString();
  }

  private static String plain(BigDecimal number) {
    return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
  }

  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
