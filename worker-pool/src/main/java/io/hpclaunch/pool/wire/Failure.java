// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;

/**
 * Why a task gave no result.
 *
 * @param type the exception's class
 * @param message its message, or null
 * @param stack its stack trace, with its causes, as Java prints it
 * @param serialized the exception itself, or nothing where it cannot be serialized
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Failure(String type, @Nullable String message, String stack, byte[] serialized) {
  /**
   * A failure that no exception of the task's stands behind.
   *
   * @param message what happened
   * @return the failure
   */
  public static Failure of(String message) {
    return new Failure("", message, "", new byte[0]);
  }

  /**
   * An exception, as text.
   *
   * @param thrown the exception
   * @param serialized the exception itself, or nothing
   * @return the failure
   */
  public static Failure of(Throwable thrown, byte[] serialized) {
    StringWriter stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    return new Failure(
        thrown.getClass().getName(), thrown.getMessage(), stack.toString(), serialized);
  }

  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    return new WireWriter()
        .text(type)
        .optional(message)
        .text(stack)
        .bytes(serialized)
        .toBytes();
  }

  /**
   * Reads a failure.
   *
   * @param bytes of a result
   * @return the failure
   * @throws WireException when it is none
   */
  public static Failure decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    return new Failure(in.text(), in.optional(), in.text(), in.bytes());
  }
}
