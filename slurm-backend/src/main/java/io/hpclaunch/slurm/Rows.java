// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tables in our own format: fields between {@link #DELIMITER}, free text last, and a row's last
 * field says its first one again. So a line end inside a job's name is no row's end, a banner is no
 * row, and a row that is torn rejects itself and no other.
 *
 * @param rows the fields of each row, without the repeated one; of a row whose free text holds
 *     delimiters of its own, the fields before the free text
 * @param rejected how many lines belong to no row
 */
record Rows(List<String[]> rows, int rejected) {
  /** The unit separator, which Slurm passes through in formats (seen on 22.05) and nobody types. */
  static final char DELIMITER = '\u001f';

  /** More than a row has whose free text is sane. */
  private static final int LONGEST_ROW = 1 << 16;

  /**
   * Reads a table.
   *
   * @param answer what the command wrote
   * @param fixed how many fields stand before the free text
   * @param free how many fields of free text there are
   */
  static Rows read(String answer, int fixed, int free) {
    Reader reader = new Reader(answer, fixed, free);
    int from = 0;
    while (from < answer.length()) {
      from = reader.take(from);
    }
    return new Rows(reader.rows, reader.rejected);
  }

  /** The text of a field; null for what Slurm writes where there is none. */
  static @Nullable String orNull(String field) {
    if (!field.isEmpty() && "(Nn".indexOf(field.charAt(0)) < 0) {
      return field; // so most fields need not be hashed
    }
    return switch (field) {
      case "", "(null)", "N/A", "n/a", "None assigned" -> null;
      default -> field;
    };
  }

  private static final class Reader {
    final List<String[]> rows = new ArrayList<>();
    int rejected;
    private final String text;
    private final int fixed;
    private final int free;

    Reader(String text, int fixed, int free) {
      this.text = text;
      this.fixed = fixed;
      this.free = free;
    }

    /** Takes the row or line that begins here; returns where the next one begins. */
    int take(int from) {
      int end = lineEnd(from);
      int idEnd = text.indexOf(DELIMITER, from);
      if (idEnd < 0 || idEnd > end || !isDigit(text.charAt(from))) {
        rejected += contentEnd(from, end) > from ? 1 : 0;
        return end + 1;
      }
      String id = text.substring(from, idEnd);
      int rowEnd = end;
      while (!endsWith(id, from, rowEnd)) {
        int next = rowEnd + 1;
        if (next >= text.length() || next - from > LONGEST_ROW || isWhole(next)) {
          rejected++;
          return end + 1;
        }
        rowEnd = lineEnd(next);
      }
      add(from, contentEnd(from, rowEnd) - id.length());
      return rowEnd + 1;
    }

    /** Whether a line is a row of its own: then what stands before it was torn. */
    private boolean isWhole(int from) {
      int end = lineEnd(from);
      int idEnd = text.indexOf(DELIMITER, from);
      return idEnd > from
          && idEnd < end
          && isDigit(text.charAt(from))
          && endsWith(text.substring(from, idEnd), from, end);
    }

    private boolean endsWith(String id, int from, int rowEnd) {
      int at = contentEnd(from, rowEnd) - id.length();
      return at > from + id.length() && text.charAt(at - 1) == DELIMITER && text.startsWith(id, at);
    }

    /** Adds the fields up to here, where the repeated one begins. */
    private void add(int from, int to) {
      String[] fields = new String[fixed + free];
      int at = from;
      int count = 0;
      while (at < to) {
        int next = text.indexOf(DELIMITER, at);
        if (count < fields.length) {
          fields[count] = text.substring(at, next);
        }
        count++;
        at = next + 1;
      }
      if (count < fields.length) {
        rejected++;
        return;
      }
      rows.add(count == fields.length ? fields : Arrays.copyOf(fields, fixed));
    }

    private int lineEnd(int from) {
      int end = text.indexOf('\n', from);
      return end < 0 ? text.length() : end;
    }

    private int contentEnd(int from, int end) {
      return end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }
  }
}
