// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Comma-separated values: RFC 4180. */
final class Csv {
  private Csv() {}

  static void print(List<String> cells, PrintWriter out) {
    List<String> quoted = new ArrayList<>();
    cells.forEach(cell -> quoted.add(quote(cell)));
    out.print(String.join(",", quoted));
    out.print("\r\n");
  }

  private static String quote(String cell) {
    boolean plain = cell.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }

  /** The last row under the heads: what a program that logs as it goes has measured at the end. */
  static Map<String, Value> lastRow(String text) {
    List<List<String>> rows = parse(text);
    Map<String, Value> cells = new LinkedHashMap<>();
    if (rows.size() < 2) {
      return cells;
    }
    List<String> heads = rows.get(0);
    List<String> last = rows.get(rows.size() - 1);
    for (int i = 0; i < Math.min(heads.size(), last.size()); i++) {
      if (!last.get(i).isEmpty()) {
        cells.put(heads.get(i).strip(), cell(last.get(i).strip()));
      }
    }
    return cells;
  }

  private static Value cell(String text) {
    return Numbers.decimal(text) == null
        ? Value.of(text)
        : new Value.Scalar(Value.Kind.NUMBER, text);
  }

  static List<List<String>> parse(String text) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append(c);
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"') {
        quoted = true;
      } else if (c == ',') {
        row.add(cell.toString());
        cell.setLength(0);
      } else if (c == '\n') {
        end(rows, row, cell);
        row = new ArrayList<>();
      } else if (c != '\r') {
        cell.append(c);
      }
    }
    end(rows, row, cell);
    return rows;
  }

  private static void end(List<List<String>> rows, List<String> row, StringBuilder cell) {
    if (!row.isEmpty() || cell.length() > 0) {
      row.add(cell.toString());
      rows.add(row);
    }
    cell.setLength(0);
  }
}
