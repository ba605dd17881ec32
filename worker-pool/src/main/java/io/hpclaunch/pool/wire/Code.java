// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.List;

/**
 * What the tasks of a message run. It stands once in a message, however many of its tasks share it.
 */
public sealed interface Code {
  /** A command: all that it needs stands in the task. */
  record Command() implements Code {}

  /**
   * A function of Java.
   *
   * @param jars the SHA-256 of each jar with its classes, in the order of the class path; their
   *     keys in the store
   * @param allow what classes may be read from the client's bytes: patterns of
   *     {@link java.io.ObjectInputFilter.Config#createFilter}
   * @param function serialized; a {@link io.hpclaunch.pool.SerializableCallable} or a
   *     {@link io.hpclaunch.pool.SerializableFunction}
   * @param reduces whether its input is what other tasks give back, in their order
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Java(List<String> jars, List<String> allow, Payload function, boolean reduces)
      implements Code {
    /** Copies the lists. */
    public Java {
      jars = List.copyOf(jars);
      allow = List.copyOf(allow);
    }
  }

  /**
   * Writes it.
   *
   * @param out takes it
   */
  default void write(WireWriter out) {
    if (this instanceof Java java) {
      out.octet(1)
          .list(java.jars(), WireWriter::text)
          .list(java.allow(), WireWriter::text)
          .octet(java.reduces() ? 1 : 0);
      java.function().write(out);
    } else {
      out.octet(0);
    }
  }

  /**
   * Reads one.
   *
   * @param in holds it
   * @return the code
   * @throws WireException when it is of no known kind
   */
  static Code read(WireReader in) {
    int kind = in.octet();
    return switch (kind) {
      case 0 -> new Command();
      case 1 -> readJava(in);
      default -> throw new WireException("code of the unknown kind " + kind);
    };
  }

  private static Java readJava(WireReader in) {
    List<String> jars = in.list(WireReader::text);
    List<String> allow = in.list(WireReader::text);
    boolean reduces = in.octet() == 1;
    return new Java(jars, allow, Payload.read(in), reduces);
  }
}
