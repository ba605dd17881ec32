// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.shell;

import java.util.List;

/**
 * The one quoting function: a word for any POSIX shell, evaluated by nobody. A word of harmless
 * characters stays as it is; any other stands in single quotes.
 */
public final class Quoting {
  private static final String HARMLESS = "%+,-./:=@_";

  private Quoting() {}

  /**
   * Quotes one word.
   *
   * @param word any text without NUL
   * @return what a shell reads as that word
   */
  public static String quote(String word) {
    return isHarmless(word) ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * Quotes words and puts blanks between them.
   *
   * @param words any texts without NUL
   * @return what a shell reads as those words
   */
  public static String join(List<String> words) {
    StringBuilder line = new StringBuilder();
    for (String word : words) {
      if (line.length() > 0) {
        line.append(' ');
      }
      line.append(quote(word));
    }
    return line.toString();
  }

  /** Letters and digits of ASCII only: what a locale makes of others is the shell's secret. */
  private static boolean isHarmless(String word) {
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      boolean alphanumeric =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!alphanumeric && HARMLESS.indexOf(c) < 0) {
        return false;
      }
    }
    return !word.isEmpty();
  }
}
