// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Divides a launch line into segments, and each segment into the launcher's options and the
 * program.
 *
 * <p>The program begins at the first word that names an executable and is no option's value, or
 * behind {@code --}. A {@code :} divides segments only as a word of its own, and after a program.
 */
final class LaunchLineParser {
  private static final List<String> COUNT_FLAGS = List.of("-n", "-np", "--n", "--np");

  private final HPCLauncher launcher;
  private final @Nullable String numprocFlag;
  private final Predicate<Word> executable;

  /**
   * Makes a parser.
   *
   * @param launcher knows which of its options have values
   * @param numprocFlag a configured option that gives the number of ranks, or null
   * @param executable whether a word names an executable
   */
  LaunchLineParser(HPCLauncher launcher, @Nullable String numprocFlag, Predicate<Word> executable) {
    this.launcher = launcher;
    this.numprocFlag = numprocFlag;
    this.executable = executable;
  }

  /**
   * Divides a line.
   *
   * @param words the user's words
   * @return at least one segment
   * @throws ExecutableNotFound when a segment has no program
   * @throws InvalidJob when a number of ranks is none
   */
  List<Segment> parse(List<? extends Word> words) {
    List<Segment> segments = new ArrayList<>();
    Cursor cursor = new Cursor(words);
    do {
      segments.add(segment(cursor));
    } while (cursor.skip(":"));
    return segments;
  }

  private Segment segment(Cursor cursor) {
    List<Word> options = new ArrayList<>();
    List<String> noExecutables = new ArrayList<>();
    OptionalInt count = OptionalInt.empty();
    while (cursor.hasNext() && !cursor.at("--")) {
      Word word = cursor.peek();
      String text = word.text();
      if (!text.startsWith("-")) {
        if (executable.test(word)) {
          break;
        }
        if (text.equals(":") && !options.isEmpty() && noExecutables.contains(lastOf(options))) {
          throw noProgram(noExecutables); // a mistyped program, and no option's value
        }
        noExecutables.add(text);
      }
      options.add(cursor.next());
      String flag = countFlag(text);
      if (flag != null) {
        count = OptionalInt.of(count(text, flag, cursor, options));
      } else if (text.startsWith("-") && text.length() > 1 && text.indexOf('=') < 0) {
        for (int i = launcher.valuesOf(text); i > 0 && cursor.hasNext(); i--) {
          options.add(cursor.next());
        }
      }
    }
    cursor.skip("--");
    List<Word> program = new ArrayList<>();
    while (cursor.hasNext() && !cursor.at(":")) {
      program.add(cursor.next());
    }
    if (program.isEmpty()) {
      throw noProgram(noExecutables);
    }
    return new Segment(options, program, count);
  }

  /** The flag that a word begins with when it gives a number of ranks, or null. */
  private @Nullable String countFlag(String text) {
    if (numprocFlag != null && isFlag(text, numprocFlag)) {
      return numprocFlag;
    }
    for (String flag : COUNT_FLAGS) {
      if (isFlag(text, flag)) {
        return flag;
      }
    }
    return text.length() > 2 && text.startsWith("-n") && isDigits(text, 2) ? "-n" : null;
  }

  private static boolean isFlag(String text, String flag) {
    return text.startsWith(flag)
        && (text.length() == flag.length() || text.charAt(flag.length()) == '=');
  }

  private static boolean isDigits(String text, int from) {
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return from < text.length();
  }

  private static int count(String text, String flag, Cursor cursor, List<Word> options) {
    String value;
    if (text.length() == flag.length()) {
      if (!cursor.hasNext()) {
        throw new InvalidJob(flag + " needs the number of ranks: write " + flag + " 4");
      }
      options.add(cursor.next());
      value = options.get(options.size() - 1).text();
    } else {
      boolean equals = text.charAt(flag.length()) == '=';
      value = text.substring(flag.length() + (equals ? 1 : 0));
    }
    int count = 0;
    if (isDigits(value, 0)) {
      try {
        count = Integer.parseInt(value);
      } catch (NumberFormatException tooLarge) {
        count = 0;
      }
    }
    if (count < 1) {
      throw new InvalidJob(flag + " needs a number of ranks of at least 1, not '" + value + "'");
    }
    return count;
  }

  private static String lastOf(List<Word> words) {
    return words.get(words.size() - 1).text();
  }

  private static ExecutableNotFound noProgram(List<String> noExecutables) {
    String found = noExecutables.isEmpty()
        ? "no program to start"
        : "no program to start: no executable is named by '"
            + String.join("', '", noExecutables)
            + "'";
    return new ExecutableNotFound(
        found + "; write -- in front of a program that only other hosts have");
  }

  /** A place in the user's words. */
  private static final class Cursor {
    private final List<? extends Word> words;
    private int at;

    Cursor(List<? extends Word> words) {
      this.words = words;
    }

    boolean hasNext() {
      return at < words.size();
    }

    boolean at(String text) {
      return hasNext() && words.get(at).text().equals(text);
    }

    Word peek() {
      return words.get(at);
    }

    Word next() {
      return words.get(at++);
    }

    boolean skip(String text) {
      boolean there = at(text);
      at += there ? 1 : 0;
      return there;
    }
  }
}
