// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/** What a task is given, or gives back: the bytes, or where they lie. */
public sealed interface Payload {
  /**
   * The bytes themselves.
   *
   * @param bytes not copied: nobody changes them
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Inline(byte[] bytes) implements Payload {}

  /**
   * An object of the store that client and workers see.
   *
   * @param key its name there
   * @param size its bytes
   */
  record Stored(String key, long size) implements Payload {}

  /**
   * Writes it.
   *
   * @param out takes it
   */
  default void write(WireWriter out) {
    if (this instanceof Inline inline) {
      out.octet(0).bytes(inline.bytes());
    } else {
      Stored stored = (Stored) this;
      out.octet(1).text(stored.key()).number(stored.size());
    }
  }

  /**
   * Reads one.
   *
   * @param in holds it
   * @return the payload
   * @throws WireException when it is of no known kind
   */
  static Payload read(WireReader in) {
    int kind = in.octet();
    return switch (kind) {
      case 0 -> new Inline(in.bytes());
      case 1 -> new Stored(in.text(), in.number());
      default -> throw new WireException("a payload of the unknown kind " + kind);
    };
  }
}
