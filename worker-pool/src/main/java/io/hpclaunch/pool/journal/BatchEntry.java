// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import io.hpclaunch.pool.wire.WireException;
import io.hpclaunch.pool.wire.WireReader;
import io.hpclaunch.pool.wire.WireWriter;
import java.time.Instant;
import java.util.List;

/** One thing that is written down of a batch. */
public sealed interface BatchEntry {
  /** What its tasks are. */
  enum Kind {
    /** Commands. */
    COMMANDS,
    /** Functions of Java. */
    FUNCTIONS
  }

  /**
   * It was begun. The first entry of each journal, and nowhere else.
   *
   * @param at when, in whole milliseconds
   * @param kind what its tasks are
   * @param isOneByOne whether its tasks are handed over one by one, so that none of them makes it
   *     whole
   */
  record Opened(Instant at, Kind kind, boolean isOneByOne) implements BatchEntry {}

  /**
   * Classes that results may be made of, beside those named before.
   *
   * @param patterns of {@link io.hpclaunch.pool.code.AllowList}
   */
  record Allowed(List<String> patterns) implements BatchEntry {
    /** Copies the list. */
    public Allowed {
      patterns = List.copyOf(patterns);
    }
  }

  /**
   * The broker has confirmed that it has these.
   *
   * @param tasks their indexes
   */
  record HandedOver(List<Integer> tasks) implements BatchEntry {
    /** Copies the list. */
    public HandedOver {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * No more tasks come, though some may be on their way to the broker.
   *
   * @param tasks how many there are
   */
  record Whole(int tasks) implements BatchEntry {}

  /**
   * Results came. Written before the broker hears that they did.
   *
   * @param message an encoded {@link io.hpclaunch.pool.wire.ResultMessage}; changed by nobody
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Arrived(byte[] message) implements BatchEntry {}

  /**
   * These are not wanted any more.
   *
   * @param tasks their indexes
   */
  record GivenUp(List<Integer> tasks) implements BatchEntry {
    /** Copies the list. */
    public GivenUp {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  default byte[] encode() {
    WireWriter out = new WireWriter();
    if (this instanceof Opened opened) {
      out.octet(0)
          .number(opened.at().toEpochMilli())
          .octet(opened.kind() == Kind.COMMANDS ? 0 : 1)
          .octet(opened.isOneByOne() ? 1 : 0);
    } else if (this instanceof Allowed allowed) {
      out.octet(1).list(allowed.patterns(), WireWriter::text);
    } else if (this instanceof HandedOver handed) {
      out.octet(2).list(handed.tasks(), (w, index) -> w.number(index));
    } else if (this instanceof Whole whole) {
      out.octet(3).number(whole.tasks());
    } else if (this instanceof Arrived arrived) {
      out.octet(4).bytes(arrived.message());
    } else {
      out.octet(5).list(((GivenUp) this).tasks(), (w, index) -> w.number(index));
    }
    return out.toBytes();
  }

  /**
   * Reads an entry.
   *
   * @param bytes what was written
   * @return the entry
   * @throws WireException when it is none
   */
  static BatchEntry decode(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int kind = in.octet();
    return switch (kind) {
      case 0 ->
        new Opened(
            Instant.ofEpochMilli(in.number()),
            in.octet() == 0 ? Kind.COMMANDS : Kind.FUNCTIONS,
            in.octet() == 1);
      case 1 -> new Allowed(in.list(WireReader::text));
      case 2 -> new HandedOver(in.list(WireReader::integer));
      case 3 -> new Whole(in.integer());
      case 4 -> new Arrived(in.bytes());
      case 5 -> new GivenUp(in.list(WireReader::integer));
      default -> throw new WireException("an entry of the unknown kind " + kind);
    };
  }
}
