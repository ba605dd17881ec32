// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** What PBS' commands write to standard error, made fit for people. */
final class PbsWords {
  private static final int LONGEST = 500;

  /** Torque puts its errors in brackets before the usage. */
  private static final Pattern PREFIX =
      Pattern.compile("\\[?(?:qsub|qstat|qdel|qselect|pbsnodes|pbs_iff): *");

  private PbsWords() {}

  /** The lines without what only says who speaks, and without the usage at the end. */
  static List<String> lines(String stderr) {
    List<String> lines = new ArrayList<>();
    for (String line : stderr.split("\n", -1)) {
      String told = line.strip();
      if (told.toLowerCase(Locale.ROOT).startsWith("usage:")) {
        break;
      }
      String words = PREFIX.matcher(told).lookingAt() ? withoutPrefix(told) : told;
      if (!words.isEmpty()) {
        lines.add(words);
      }
    }
    return lines;
  }

  private static String withoutPrefix(String told) {
    String words = PREFIX.matcher(told).replaceFirst("").strip();
    return told.startsWith("[") && words.endsWith("]")
        ? words.substring(0, words.length() - 1)
        : words;
  }

  /** All of it in one line, each sentence once. */
  static String oneLine(String stderr) {
    return join(lines(stderr));
  }

  /** These in one line, each once. */
  static String join(List<String> lines) {
    Set<String> once = new LinkedHashSet<>(lines);
    String all = String.join("; ", once);
    StringBuilder clean = new StringBuilder();
    for (int i = 0; i < all.length() && i < LONGEST; i++) {
      clean.append(Character.isISOControl(all.charAt(i)) ? ' ' : all.charAt(i));
    }
    return all.length() > LONGEST ? clean.append(" …").toString() : clean.toString();
  }

  /** Whether a command says itself, or by its usage, that it failed. */
  static boolean isFrom(String command, String stderr) {
    for (String line : stderr.split("\n", -1)) {
      String told = line.strip();
      if (told.startsWith(command + ":")
          || told.startsWith("[" + command + ":")
          || told.startsWith("usage: " + command)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a command surely did not reach the server, so that nothing came of it. */
  static boolean isUnreachable(String stderr) {
    String said = stderr.toLowerCase(Locale.ROOT);
    return said.contains("cannot connect to server")
        || said.contains("couldn't connect to cluster")
        || said.contains("cannot connect to specified server host")
        || said.contains("could not connect to trqauthd")
        || said.contains("could not connect to batch server")
        || said.contains("pbsconf error")
        || said.contains("failed to load configuration parameters")
        || said.contains("no server specified");
  }
}
