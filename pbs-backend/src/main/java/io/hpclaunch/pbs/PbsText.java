// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The texts that {@code qstat -f} writes about jobs, queues and servers, OpenPBS' and Torque's: a
 * line that names the thing, a line for each attribute, folded where it is long (a tab goes before
 * what belongs to the line above), an empty line at the end. With {@code -F dsv} all of a thing
 * stands in one line.
 */
final class PbsText {
  private static final String INDENT = "    ";
  private static final char DELIMITER = '|';

  private final String heading;
  private final List<PbsRecord> records = new ArrayList<>();
  private int strange;
  private @Nullable PbsRecord current;
  private @Nullable String key;
  private final StringBuilder value = new StringBuilder();
  private boolean ended = true;

  private PbsText(String heading) {
    this.heading = heading;
  }

  /**
   * An answer.
   *
   * @param records what it tells of, in order
   * @param strange how many lines stood before the first of these
   * @param complete whether the last one has its end
   */
  record Answer(List<PbsRecord> records, int strange, boolean complete) {
    Answer {
      records = List.copyOf(records);
    }
  }

  /**
   * Reads an answer.
   *
   * @param text what the command wrote
   * @param heading what stands before a name: {@code "Job Id: "}, {@code "Queue: "}
   */
  static Answer read(String text, String heading) {
    PbsText reader = new PbsText(heading);
    int from = 0;
    while (from < text.length()) {
      int end = text.indexOf('\n', from);
      int to = end < 0 ? text.length() : end;
      boolean carriage = to > from && text.charAt(to - 1) == '\r';
      reader.line(text.substring(from, carriage ? to - 1 : to), end >= 0);
      from = to + 1;
    }
    reader.flush();
    return new Answer(reader.records, reader.strange, reader.ended);
  }

  private void line(String line, boolean whole) {
    if (line.startsWith(heading)) {
      flush();
      begin(line.substring(heading.length()), whole);
    } else if (line.isBlank()) {
      flush();
      ended |= whole;
    } else if (current == null) {
      strange++;
    } else {
      attribute(line);
    }
  }

  private void begin(String told, boolean whole) {
    int bar = told.indexOf(DELIMITER);
    PbsRecord found = PbsRecord.named((bar < 0 ? told : told.substring(0, bar)).strip());
    records.add(found);
    current = found;
    ended = bar >= 0 && whole;
    if (bar >= 0) {
      delimited(told.substring(bar + 1), found);
    }
  }

  private void attribute(String line) {
    int equals = line.indexOf(" = ");
    if (line.startsWith(INDENT) && equals > 0 && isKey(line, equals)) {
      flush();
      key = line.substring(INDENT.length(), equals).strip();
      value.append(line, equals + " = ".length(), line.length());
    } else if (line.startsWith("\t")) {
      value.append(line, 1, line.length());
    } else {
      value.append('\n').append(line);
    }
  }

  private static boolean isKey(String line, int equals) {
    String word = line.substring(0, equals).strip();
    return !word.isEmpty() && word.indexOf(' ') < 0;
  }

  private void flush() {
    if (current != null && key != null) {
      current.put(key, value.toString());
    }
    key = null;
    value.setLength(0);
  }

  /** A backslash before the delimiter takes its meaning. */
  private static void delimited(String told, PbsRecord found) {
    StringBuilder part = new StringBuilder();
    for (int i = 0; i <= told.length(); i++) {
      char c = i < told.length() ? told.charAt(i) : DELIMITER;
      char next = i + 1 < told.length() ? told.charAt(i + 1) : ' ';
      if (c == '\\' && next == DELIMITER) {
        part.append(DELIMITER);
        i++;
      } else if (c == '\\' && next == '\\') {
        part.append("\\\\");
        i++;
      } else if (c != DELIMITER) {
        part.append(c);
      } else {
        int equals = part.indexOf("=");
        if (equals > 0) {
          found.put(part.substring(0, equals), part.substring(equals + 1));
        }
        part.setLength(0);
      }
    }
  }
}
