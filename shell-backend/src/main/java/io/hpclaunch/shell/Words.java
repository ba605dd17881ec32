// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.core.shell.RawBytes;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Words as the lines of {@code hpc-shell} carry them: bytes outside a plain set are {@code %XX},
 * and {@code -} is "none", which an empty text is, too. In lines that were read each character
 * stands for a byte, as in ISO 8859-1.
 */
final class Words {
  /** The word for nothing. */
  static final String NONE = "-";

  private static final String PLAIN = "/._:,+@=-";

  private Words() {}

  /**
   * Writes a word.
   *
   * @param text any text without NUL, or null for none
   * @return the word, of ASCII characters without blanks
   */
  static String encode(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return NONE;
    }
    if (text.equals(NONE)) {
      return "%2D";
    }
    StringBuilder word = new StringBuilder(text.length() + 16);
    for (byte b : RawBytes.encode(text)) {
      if (isPlain(b)) {
        word.append((char) b);
      } else {
        word.append('%').append(digit(b >> 4)).append(digit(b));
      }
    }
    return word.toString();
  }

  /**
   * Reads a word. A {@code %} without two digits behind it stands for itself.
   *
   * @param word the word
   * @return the text, or null for none
   */
  static @Nullable String decode(String word) {
    if (word.isEmpty() || word.equals(NONE)) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(word.length());
    int at = 0;
    while (at < word.length()) {
      char c = word.charAt(at);
      int high = c == '%' && at + 2 < word.length() ? hex(word.charAt(at + 1)) : -1;
      int low = high >= 0 ? hex(word.charAt(at + 2)) : -1;
      bytes.write(low >= 0 ? high << 4 | low : c);
      at += low >= 0 ? 3 : 1;
    }
    return RawBytes.decode(bytes.toByteArray());
  }

  private static boolean isPlain(byte b) {
    return (b >= 'A' && b <= 'Z')
        || (b >= 'a' && b <= 'z')
        || (b >= '0' && b <= '9')
        || (b > 0 && PLAIN.indexOf(b) >= 0);
  }

  private static char digit(int fourBits) {
    return "0123456789ABCDEF".charAt(fourBits & 0xf);
  }

  /** ASCII only: {@link Character#digit} takes digits of all scripts. */
  private static int hex(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
