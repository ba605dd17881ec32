// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in aligned columns, for people. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();
  private final int columns;

  /**
   * Makes a table.
   *
   * @param heads the names of the columns
   */
  public Table(String... heads) {
    columns = heads.length;
    rows.add(heads.clone());
  }

  /**
   * Adds a row.
   *
   * @param cells one for each column; a null is shown as {@code -}
   * @return this
   */
  public Table row(@Nullable Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
    }
    rows.add(Arrays.stream(cells).map(Table::text).toArray(String[]::new));
    return this;
  }

  private static String text(@Nullable Object cell) {
    String text = cell == null ? "" : OneLine.of(cell.toString());
    return text.isEmpty() ? "-" : text;
  }

  /**
   * Prints the table.
   *
   * @param out where to
   */
  public void print(PrintWriter out) {
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], width(row[i]));
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        line.append(i == 0 ? "" : GAP).append(row[i]);
        line.append(" ".repeat(widths[i] - width(row[i])));
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
