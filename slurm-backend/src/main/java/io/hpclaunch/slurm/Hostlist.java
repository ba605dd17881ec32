// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.util.ArrayList;
import java.util.List;

/** Slurm's notation for many hosts: {@code n[1-3,07-10],login[1-2]-ib}. */
final class Hostlist {
  /** More hosts than any cluster has. */
  static final int MOST_HOSTS = 100_000;

  private static final int MOST_DIGITS = 9;

  private Hostlist() {}

  /**
   * The hosts that a text names.
   *
   * @return the hosts, in the text's order; the text itself as the only one where it is no list, or
   *     one of more than {@link #MOST_HOSTS}
   */
  static List<String> expand(String text) {
    if (!text.isEmpty() && text.indexOf('[') < 0 && text.indexOf(',') < 0) {
      return List.of(text);
    }
    List<String> hosts = new ArrayList<>();
    for (String part : split(text)) {
      if (!expand(part, hosts)) {
        return List.of(text);
      }
    }
    return List.copyOf(hosts);
  }

  /** Splits at the commas that stand outside of brackets. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(text.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(text.substring(from));
    parts.removeIf(String::isEmpty);
    return parts;
  }

  /** Adds the hosts of one part; false where there are too many or the part is malformed. */
  private static boolean expand(String part, List<String> hosts) {
    List<String> built = List.of("");
    int from = 0;
    while (from < part.length()) {
      int open = part.indexOf('[', from);
      int close = open < 0 ? -1 : part.indexOf(']', open);
      if (open >= 0 && close < 0) {
        return false;
      }
      String plain = part.substring(from, open < 0 ? part.length() : open);
      List<String> numbers = open < 0 ? List.of("") : numbers(part.substring(open + 1, close));
      if (numbers.isEmpty()
          || plain.indexOf(']') >= 0
          || (long) built.size() * numbers.size() + hosts.size() > MOST_HOSTS) {
        return false;
      }
      built = product(built, plain, numbers);
      from = open < 0 ? part.length() : close + 1;
    }
    hosts.addAll(built);
    return hosts.size() <= MOST_HOSTS;
  }

  private static List<String> product(List<String> heads, String middle, List<String> tails) {
    List<String> all = new ArrayList<>(heads.size() * tails.size());
    for (String head : heads) {
      for (String tail : tails) {
        all.add(head + middle + tail);
      }
    }
    return all;
  }

  /** {@code 1-3,07-10}, with the zeros kept; empty where it is something else or too long. */
  private static List<String> numbers(String ranges) {
    List<String> numbers = new ArrayList<>();
    for (String range : ranges.split(",", -1)) {
      int dash = range.indexOf('-');
      String first = dash < 0 ? range : range.substring(0, dash);
      String last = dash < 0 ? range : range.substring(dash + 1);
      if (!isNumber(first) || !isNumber(last)) {
        return List.of();
      }
      int from = Integer.parseInt(first);
      int to = Integer.parseInt(last);
      if (to < from || to - from >= MOST_HOSTS - numbers.size()) {
        return List.of();
      }
      for (int i = from; i <= to; i++) {
        numbers.add(padded(i, first.length()));
      }
    }
    return numbers;
  }

  private static String padded(int number, int width) {
    String digits = Integer.toString(number);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  private static boolean isNumber(String text) {
    boolean number = !text.isEmpty() && text.length() <= MOST_DIGITS;
    for (int i = 0; i < text.length() && number; i++) {
      number = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    return number;
  }
}
