// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.util.List;

/** What all workers of a pool are told at once. */
public sealed interface Order {
  /**
   * Tasks are not wanted any more: those that wait are passed over, those that run are ended.
   *
   * @param batch the batch's id
   * @param tasks their indexes; none means the whole batch
   */
  record Cancel(String batch, List<Integer> tasks) implements Order {
    /** Copies the list. */
    public Cancel {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * Take no more tasks, finish those that run, and end.
   *
   * @param workers the ids of those who are meant; none means all
   */
  record Drain(List<String> workers) implements Order {
    /** Copies the list. */
    public Drain {
      workers = List.copyOf(workers);
    }

    /**
     * Whether a worker is meant.
     *
     * @param worker its id
     * @return true where all are meant, too
     */
    public boolean isFor(String worker) {
      return workers.isEmpty() || workers.contains(worker);
    }
  }

  /** Say how you are, now. */
  record Report() implements Order {}

  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  default byte[] encode() {
    WireWriter out = new WireWriter().octet(1);
    if (this instanceof Cancel cancel) {
      out.octet(0).text(cancel.batch()).list(cancel.tasks(), (w, index) -> w.number(index));
    } else if (this instanceof Drain drain) {
      out.octet(1).list(drain.workers(), WireWriter::text);
    } else {
      out.octet(2);
    }
    return out.toBytes();
  }

  /**
   * Reads an order.
   *
   * @param bytes what was received
   * @return the order
   * @throws WireException when it is none of this version
   */
  static Order decode(byte[] bytes) {
    WireReader in = Versions.begin(bytes, 1, "orders");
    int kind = in.octet();
    return switch (kind) {
      case 0 -> new Cancel(in.text(), in.list(WireReader::integer));
      case 1 -> new Drain(in.list(WireReader::text));
      case 2 -> new Report();
      default -> throw new WireException("an order of the unknown kind " + kind);
    };
  }
}
