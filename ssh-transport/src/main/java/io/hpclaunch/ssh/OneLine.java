// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

/** What an error says, in one line. */
final class OneLine {
  private OneLine() {}

  /** The words of what led to it first: what wraps it speaks to programmers. */
  static String of(Throwable error) {
    Throwable first = error;
    while (first.getCause() != null) {
      first = first.getCause();
    }
    String message = first.getMessage();
    return message == null || message.isBlank() ? first.getClass().getSimpleName() : of(message);
  }

  /** What was said on several lines, or on one with letters that a terminal obeys. */
  static String of(String text) {
    StringBuilder line = new StringBuilder();
    boolean blank = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isWhitespace(c) || Character.isISOControl(c)) {
        blank = line.length() > 0;
      } else {
        if (blank) {
          line.append(' ');
          blank = false;
        }
        line.append(c);
      }
    }
    return line.toString();
  }
}
