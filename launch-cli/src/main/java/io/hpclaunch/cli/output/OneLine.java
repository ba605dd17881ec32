// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

/** Texts of plugins, files and users, as they may stand in one line of a terminal. */
public final class OneLine {
  private OneLine() {}

  /**
   * Makes one line of a text.
   *
   * @param text any text
   * @return the text with a blank for each control character, and none at its ends
   */
  public static String of(String text) {
    StringBuilder line = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      line.append(Character.isISOControl(c) ? ' ' : c);
    }
    return line.toString().strip();
  }
}
