// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import io.hpclaunch.api.InvalidJob;

/**
 * One word of a command line. The user's own words are named by their position, since not every
 * byte that a shell hands over survives the way through a JVM; whoever carries out the plan puts
 * the bytes in.
 *
 * @since 0.1
 */
public sealed interface Word {
  /**
   * The word as text, for reading it. Bytes of the user's that are no text show as replacement
   * characters.
   *
   * @return the text
   */
  String text();

  /**
   * A word that the configuration or the launcher gives.
   *
   * @param text the word
   */
  record Text(String text) implements Word {
    /**
     * Refuses what no command line can carry.
     *
     * @throws InvalidJob when the word holds NUL
     */
    public Text {
      if (text.indexOf('\0') >= 0) {
        throw new InvalidJob(
            "NUL in '" + text.replace('\0', '?') + "': no program can be given that");
      }
    }
  }

  /**
   * One of the user's own words, passed on as it came.
   *
   * @param position its place among the user's words, from 1
   * @param text what the JVM could read of it
   */
  record User(int position, String text) implements Word {}

  /**
   * One of the user's own words as a file's format wants it: with a text in the place of each of
   * some character. Bytes that are no text stay. It stands in the content of files only.
   *
   * @param word the user's word
   * @param character what is replaced, an ASCII character
   * @param replacement what stands in its place
   */
  record Replaced(User word, char character, String replacement) implements Word {
    @Override
    public String text() {
      return word.text().replace(String.valueOf(character), replacement);
    }
  }

  /**
   * The path of a file that the plan brings along.
   *
   * @param file an index into {@link LaunchPlan#files()}
   */
  record FilePath(int file) implements Word {
    @Override
    public String text() {
      return "<file " + file + ">";
    }
  }

  /**
   * A word that the configuration or the launcher gives.
   *
   * @param text the word
   * @return the word
   */
  static Word of(String text) {
    return new Text(text);
  }
}
