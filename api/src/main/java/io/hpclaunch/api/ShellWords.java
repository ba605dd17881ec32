// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into words as a POSIX shell would, with its quotes and backslashes, and evaluates
 * nothing: {@code $}, {@code *}, {@code #}, {@code ;}, {@code |} and backticks stay as they are.
 * Blanks, tabs and line ends divide words.
 *
 * @since 0.1
 */
public final class ShellWords {
  private ShellWords() {}

  /**
   * Splits a line.
   *
   * @param line such as {@code --nodes=2 --comment 'two words'}
   * @return its words
   * @throws InvalidJob when a quote is not closed or the line ends in a backslash
   */
  public static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == '\'') {
        int end = line.indexOf('\'', i + 1);
        if (end < 0) {
          throw unclosed(line);
        }
        word.append(line, i + 1, end);
        inWord = true;
        i = end + 1;
      } else if (c == '"') {
        i = doubleQuoted(line, i + 1, word);
        inWord = true;
      } else if (c == '\\') {
        if (i + 1 == line.length()) {
          throw unclosed(line);
        }
        if (line.charAt(i + 1) != '\n') {
          word.append(line.charAt(i + 1));
          inWord = true;
        }
        i += 2;
      } else if (c == ' ' || c == '\t' || c == '\n') {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
        i++;
      } else {
        word.append(c);
        inWord = true;
        i++;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }

  private static int doubleQuoted(String line, int start, StringBuilder word) {
    int i = start;
    while (i < line.length()) {
      char c = line.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\' && i + 1 < line.length() && "$`\"\\\n".indexOf(line.charAt(i + 1)) >= 0) {
        i++;
        if (line.charAt(i) != '\n') {
          word.append(line.charAt(i));
        }
      } else {
        word.append(c);
      }
      i++;
    }
    throw unclosed(line);
  }

  private static InvalidJob unclosed(String line) {
    return new InvalidJob("a quote or backslash is not closed in: " + line);
  }
}
