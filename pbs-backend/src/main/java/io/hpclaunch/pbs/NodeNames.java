// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.ArrayList;
import java.util.List;

/** Names of nodes in short: neighbours that differ in the number at their end only are folded. */
final class NodeNames {
  private static final int MOST_DIGITS = 9;

  private NodeNames() {}

  /** Writes {@code n1}, {@code n2}, {@code n3}, {@code login} as {@code n[1-3],login}. */
  static String fold(List<String> names) {
    List<String> folded = new ArrayList<>();
    int from = 0;
    while (from < names.size()) {
      int to = from + 1;
      while (to < names.size() && follows(names.get(to - 1), names.get(to))) {
        to++;
      }
      folded.add(to == from + 1 ? names.get(from) : range(names.get(from), names.get(to - 1)));
      from = to;
    }
    return String.join(",", folded);
  }

  private static String range(String first, String last) {
    return first.substring(0, numberAt(first))
        + "["
        + first.substring(numberAt(first))
        + "-"
        + last.substring(numberAt(last))
        + "]";
  }

  private static boolean follows(String before, String name) {
    int at = numberAt(before);
    if (at == before.length() || at != numberAt(name) || at == name.length()) {
      return false;
    }
    String next = String.valueOf(Integer.parseInt(before.substring(at)) + 1);
    String zeros = "0".repeat(Math.max(0, before.length() - at - next.length()));
    return name.equals(before.substring(0, at) + zeros + next);
  }

  /** Where the number at the end begins; the end for none. */
  private static int numberAt(String name) {
    int at = name.length();
    while (at > 0
        && name.length() - at < MOST_DIGITS
        && name.charAt(at - 1) >= '0'
        && name.charAt(at - 1) <= '9') {
      at--;
    }
    return at;
  }
}
