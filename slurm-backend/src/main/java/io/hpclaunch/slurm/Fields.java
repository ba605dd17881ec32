// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Records of {@code Key=value} as scontrol writes them. Values may hold blanks and line ends, so
 * that only a known key, or one of the right form, begins a new field; the first field of a key is
 * the one that counts, since the texts that users choose come last.
 */
final class Fields {
  private Fields() {}

  /**
   * Splits an answer into records and fields.
   *
   * @param answer what scontrol wrote
   * @param first the key that begins a line and a record
   * @param isKey whether a word is a key
   */
  static List<Map<String, String>> read(String answer, String first, Predicate<String> isKey) {
    List<Map<String, String>> records = new ArrayList<>();
    String start = first + "=";
    int from = answer.startsWith(start) ? 0 : lineThatBegins(answer, start, 0);
    while (from >= 0) {
      int next = lineThatBegins(answer, start, from);
      records.add(record(answer.substring(from, next < 0 ? answer.length() : next), isKey));
      from = next;
    }
    return records;
  }

  private static int lineThatBegins(String text, String start, int from) {
    int at = text.indexOf("\n" + start, from);
    return at < 0 ? -1 : at + 1;
  }

  private static Map<String, String> record(String text, Predicate<String> isKey) {
    Map<String, String> fields = new LinkedHashMap<>();
    String key = "";
    int valueAt = 0;
    int from = 0;
    while (from < text.length()) {
      int equals = text.indexOf('=', from);
      int wordAt = equals < 0 ? -1 : wordStart(text, equals);
      if (equals >= 0 && wordAt >= valueAt && isKey.test(text.substring(wordAt, equals))) {
        fields.putIfAbsent(key, text.substring(valueAt, wordAt).strip());
        key = text.substring(wordAt, equals);
        valueAt = equals + 1;
      }
      from = equals < 0 ? text.length() : equals + 1;
    }
    fields.putIfAbsent(key, text.substring(valueAt).strip());
    fields.remove("");
    return fields;
  }

  /** Where the word before this begins: behind a blank or line end. */
  private static int wordStart(String text, int end) {
    int at = end;
    while (at > 0 && text.charAt(at - 1) != ' ' && text.charAt(at - 1) != '\n') {
      at--;
    }
    return at;
  }
}
