// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job's variables as the listings tell them. A backslash takes the meaning from the character
 * behind it, of a comma that of ending a value; seen on OpenPBS 23.06.
 */
final class PbsVariables {
  private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)=");

  private PbsVariables() {}

  /** Reads {@code A=1,B=2\,3} as {@code qstat -f} and Torque's XML have it. */
  static Map<String, String> list(String text) {
    Map<String, String> variables = new LinkedHashMap<>();
    int from = 0;
    while (from < text.length()) {
      int end = from;
      while (end < text.length() && text.charAt(end) != ',') {
        end += text.charAt(end) == '\\' && end + 1 < text.length() ? 2 : 1;
      }
      int equals = text.indexOf('=', from);
      if (equals > from && equals < end) {
        variables.put(text.substring(from, equals), unescape(text.substring(equals + 1, end)));
      }
      from = end + 1;
    }
    return variables;
  }

  /**
   * Adds one variable of the JSON. qstat takes the end of a value that ends in a backslash for a
   * comma within it, so that such a value has swallowed those behind it: an odd number of
   * backslashes stands before their comma.
   */
  static void add(Map<String, String> variables, String name, String told) {
    String key = name;
    int from = 0;
    int comma = told.indexOf(',');
    while (comma >= 0) {
      Matcher next = NAME.matcher(told).region(comma + 1, told.length());
      if (isOdd(told, comma) && next.lookingAt()) {
        variables.put(key, unescape(told.substring(from, comma) + '\\'));
        key = next.group(1);
        from = next.end();
      }
      comma = told.indexOf(',', comma + 1);
    }
    variables.put(key, unescape(told.substring(from)));
  }

  private static boolean isOdd(String text, int comma) {
    int count = 0;
    while (comma - count > 0 && text.charAt(comma - count - 1) == '\\') {
      count++;
    }
    return count % 2 == 1;
  }

  private static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
      }
      plain.append(text.charAt(i));
    }
    return plain.toString();
  }
}
