// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

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
    return !text.isEmpty()
        && text.length() <= MOST_DIGITS
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /**
   * Writes hosts in Slurm's notation: those that differ in a number at their end share brackets.
   *
   * @param hosts the hosts, in any order
   * @return the text, empty for none
   */
  static String fold(List<String> hosts) {
    Map<String, NavigableSet<Integer>> groups = new LinkedHashMap<>();
    Map<String, String> stems = new LinkedHashMap<>();
    for (String host : hosts) {
      int end = host.length();
      while (end > 0 && host.length() - end < MOST_DIGITS && isDigit(host.charAt(end - 1))) {
        end--;
      }
      String digits = host.substring(end);
      String stem = host.substring(0, end);
      boolean padded = digits.length() > 1 && digits.charAt(0) == '0';
      String key = stem + "\n" + (digits.isEmpty() ? "-" : widthOf(stem, digits, padded, groups));
      stems.putIfAbsent(key, stem);
      Set<Integer> group = groups.computeIfAbsent(key, k -> new TreeSet<>());
      if (!digits.isEmpty()) {
        group.add(Integer.valueOf(digits));
      }
    }
    List<String> parts = new ArrayList<>();
    groups.forEach((key, numbers) -> parts.add(stems.get(key) + brackets(key, numbers)));
    return String.join(",", parts);
  }

  /** Numbers with zeros in front belong together when they are of one width: 08, 09, 10. */
  private static int widthOf(
      String stem, String digits, boolean padded, Map<String, NavigableSet<Integer>> groups) {
    int width = digits.length();
    return padded || groups.containsKey(stem + "\n" + width) ? width : 0;
  }

  private static String brackets(String key, NavigableSet<Integer> numbers) {
    if (numbers.isEmpty()) {
      return "";
    }
    int width = Integer.parseInt(key.substring(key.indexOf('\n') + 1));
    List<String> ranges = new ArrayList<>();
    Integer first = numbers.first();
    while (first != null) {
      int last = first;
      while (numbers.contains(last + 1)) {
        last++;
      }
      String text = padded(first, width);
      ranges.add(first == last ? text : text + "-" + padded(last, width));
      first = numbers.higher(last);
    }
    String list = String.join(",", ranges);
    return numbers.size() == 1 ? list : "[" + list + "]";
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
