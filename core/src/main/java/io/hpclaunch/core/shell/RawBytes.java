// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.shell;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Texts that carry any bytes: UTF-8, in which a byte that is none stands as one of the characters
 * U+DC80 to U+DCFF, which no other text holds. Words of command lines are such bytes on Unix.
 */
public final class RawBytes {
  private static final char FIRST = '\uDC80';
  private static final char LAST = '\uDCFF';

  private RawBytes() {}

  /**
   * Reads bytes.
   *
   * @param bytes any bytes
   * @return the text
   */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPORT)
        .onUnmappableCharacter(CodingErrorAction.REPORT);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        break;
      }
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (0xDC00 | (in.get() & 0xff)));
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  /**
   * Writes a text.
   *
   * @param text what {@link #decode} returned, or any other text without half characters
   * @return the bytes
   */
  public static byte[] encode(String text) {
    int at = next(text, 0);
    if (at == text.length()) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() + 16);
    int from = 0;
    while (at < text.length()) {
      bytes.writeBytes(text.substring(from, at).getBytes(StandardCharsets.UTF_8));
      bytes.write(text.charAt(at) & 0xff);
      from = at + 1;
      at = next(text, from);
    }
    bytes.writeBytes(text.substring(from).getBytes(StandardCharsets.UTF_8));
    return bytes.toByteArray();
  }

  /** Where the next raw byte stands; half of a pair is none. */
  private static int next(String text, int from) {
    int at = from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isHighSurrogate(c)
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
      } else if (c >= FIRST && c <= LAST) {
        return at;
      }
      at++;
    }
    return at;
  }
}
