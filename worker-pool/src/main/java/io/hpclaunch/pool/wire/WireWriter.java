// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes what {@link WireReader} reads: numbers in network order, small ones in few bytes, texts as
 * UTF-8 behind their length.
 */
public final class WireWriter {
  private byte[] bytes = new byte[256];
  private int length;

  /** Starts an empty text. */
  public WireWriter() {}

  /**
   * One byte.
   *
   * @param value its lowest eight bits are written
   * @return this
   */
  public WireWriter octet(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /**
   * A whole number, in one to ten bytes: those near zero are short.
   *
   * @param value the number
   * @return this
   */
  public WireWriter number(long value) {
    reserve(10);
    long rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /**
   * A number with a fraction.
   *
   * @param value the number
   * @return this
   */
  public WireWriter real(double value) {
    reserve(Double.BYTES);
    ByteBuffer.wrap(bytes, length, Double.BYTES).putDouble(value);
    length += Double.BYTES;
    return this;
  }

  /**
   * Bytes behind their number.
   *
   * @param value the bytes
   * @return this
   */
  public WireWriter bytes(byte[] value) {
    number(value.length);
    reserve(value.length);
    System.arraycopy(value, 0, bytes, length, value.length);
    length += value.length;
    return this;
  }

  /**
   * A text.
   *
   * @param value the text
   * @return this
   */
  public WireWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A text that may be missing.
   *
   * @param value the text, or null
   * @return this
   */
  public WireWriter optional(@Nullable String value) {
    octet(value == null ? 0 : 1);
    return value == null ? this : text(value);
  }

  /**
   * Bytes that may be missing.
   *
   * @param value the bytes, or null
   * @return this
   */
  public WireWriter optional(byte @Nullable [] value) {
    octet(value == null ? 0 : 1);
    return value == null ? this : bytes(value);
  }

  /**
   * Several things behind their number.
   *
   * @param values the things
   * @param each writes one
   * @param <T> what they are
   * @return this
   */
  public <T> WireWriter list(Collection<T> values, BiConsumer<WireWriter, T> each) {
    number(values.size());
    for (T value : values) {
      each.accept(this, value);
    }
    return this;
  }

  /**
   * What was written.
   *
   * @return the bytes
   */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  private void reserve(int more) {
    if (bytes.length - length < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, more)));
    }
  }
}
