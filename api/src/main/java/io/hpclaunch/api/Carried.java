// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/** What a job can be given: text that goes out as UTF-8 and comes back the same, without NUL. */
final class Carried {
  private Carried() {}

  /** Refuses NUL and halves of characters. */
  static void check(String what, @Nullable String text) {
    if (text == null) {
      return;
    }
    if (text.indexOf('\0') >= 0) {
      throw new InvalidJob("NUL in " + what + ": no program can be given that");
    }
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i)) && !isRawByte(text.charAt(i))) {
        throw new InvalidJob("half a character in " + what + ": it cannot be written as UTF-8");
      }
    }
  }

  /** A byte of a command line that was no UTF-8, as it is carried in a text: U+DC80 to U+DCFF. */
  private static boolean isRawByte(char c) {
    return c >= 0xDC80 && c <= 0xDCFF;
  }

  static void check(String what, Iterable<? extends @Nullable String> texts) {
    for (String text : texts) {
      check(what, text);
    }
  }

  /** Refuses what no environment can carry. */
  static void checkVariable(String name, @Nullable String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new InvalidJob("'" + name + "' is not the name of a variable");
    }
    check("the name of a variable", name);
    check("variable " + name, value);
  }

  /** Refuses an empty text where one is given. */
  static void checkNotEmpty(String what, @Nullable String text) {
    if (text != null && text.isEmpty()) {
      throw new InvalidJob("the " + what + " is empty");
    }
    check("the " + what, text);
  }
}
