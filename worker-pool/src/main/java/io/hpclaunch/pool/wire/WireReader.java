// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads what {@link WireWriter} wrote, and believes nothing: a length is looked at first. */
public final class WireReader {
  private final byte[] bytes;
  private int at;

  /**
   * Starts at the first byte.
   *
   * @param bytes the message; not changed
   */
  public WireReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * One byte.
   *
   * @return 0 to 255
   * @throws WireException when the message is at its end
   */
  public int octet() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  /**
   * A whole number.
   *
   * @return the number
   * @throws WireException when the message is at its end, or the number has no end
   */
  public long number() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int octet = octet();
      value |= (long) (octet & 0x7F) << shift;
      if ((octet & 0x80) == 0) {
        return (value >>> 1) ^ -(value & 1);
      }
    }
    throw new WireException("a number has no end");
  }

  /**
   * A whole number that an int can hold.
   *
   * @return the number
   * @throws WireException when it is larger
   */
  public int integer() {
    long value = number();
    if (value != (int) value) {
      throw new WireException("a number is too large: " + value);
    }
    return (int) value;
  }

  /**
   * A number with a fraction.
   *
   * @return the number
   * @throws WireException when the message is at its end
   */
  public double real() {
    need(Double.BYTES);
    double value = ByteBuffer.wrap(bytes, at, Double.BYTES).getDouble();
    at += Double.BYTES;
    return value;
  }

  /**
   * Bytes.
   *
   * @return the bytes
   * @throws WireException when the message holds fewer than it says
   */
  public byte[] bytes() {
    int count = count();
    byte[] value = Arrays.copyOfRange(bytes, at, at + count);
    at += count;
    return value;
  }

  /**
   * A text.
   *
   * @return the text
   * @throws WireException when the message holds less than it says
   */
  public String text() {
    int count = count();
    String value = new String(bytes, at, count, StandardCharsets.UTF_8);
    at += count;
    return value;
  }

  /**
   * A text that may be missing.
   *
   * @return the text, or null
   * @throws WireException when the message holds less than it says
   */
  public @Nullable String optional() {
    return octet() == 0 ? null : text();
  }

  /**
   * Bytes that may be missing.
   *
   * @return the bytes, or null
   * @throws WireException when the message holds fewer than it says
   */
  public byte @Nullable [] optionalBytes() {
    return octet() == 0 ? null : bytes();
  }

  /**
   * Several things.
   *
   * @param each reads one
   * @param <T> what they are
   * @return the things
   * @throws WireException when the message holds fewer than it says
   */
  public <T> List<T> list(Function<WireReader, T> each) {
    int count = count(); // each takes a byte at least
    List<T> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(each.apply(this));
    }
    return values;
  }

  /**
   * Whether all was read.
   *
   * @return true at the end
   */
  public boolean isAtEnd() {
    return at == bytes.length;
  }

  /**
   * How many things or bytes come; each of them has a byte at least.
   *
   * @return the number
   * @throws WireException when the message holds fewer than it says
   */
  public int count() {
    int count = integer();
    if (count < 0) {
      throw new WireException("a length is negative: " + count);
    }
    need(count);
    return count;
  }

  private void need(int more) {
    if (bytes.length - at < more) {
      throw new WireException("the message ends after " + bytes.length + " bytes, and "
          + (more - (bytes.length - at)) + " are missing");
    }
  }
}
