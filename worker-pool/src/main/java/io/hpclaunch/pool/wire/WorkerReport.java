// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says of itself: when it has connected, every few seconds, and before it goes.
 *
 * @param worker its id, new with each start
 * @param host where it runs
 * @param pid its process
 * @param job the id of its batch job, or null when that told none
 * @param state what it does
 * @param cpus what it may use
 * @param gpus how many gpus it deals out
 * @param running tasks that run
 * @param waiting tasks that it holds and has not begun
 * @param done tasks that it ended since its start
 * @param said when it said so, by its own clock
 */
public record WorkerReport(
    String worker,
    String host,
    long pid,
    @Nullable String job,
    State state,
    double cpus,
    int gpus,
    int running,
    int waiting,
    long done,
    Instant said) {
  private static final int VERSION = 1;

  /** What a worker does. */
  public enum State {
    /** It takes tasks. */
    READY(0),
    /** It takes no more and finishes those that it has. */
    DRAINING(1),
    /** It goes. */
    GONE(2);

    private final int code;

    State(int code) {
      this.code = code;
    }

    private int code() {
      return code;
    }
  }

  /**
   * As bytes.
   *
   * @return what {@link #decode} reads
   */
  public byte[] encode() {
    return new WireWriter()
        .octet(VERSION)
        .text(worker)
        .text(host)
        .number(pid)
        .optional(job)
        .octet(state.code())
        .real(cpus)
        .number(gpus)
        .number(running)
        .number(waiting)
        .number(done)
        .number(said.toEpochMilli())
        .toBytes();
  }

  /**
   * Reads a report.
   *
   * @param bytes what was received
   * @return the report
   * @throws WireException when it is none of this version
   */
  public static WorkerReport decode(byte[] bytes) {
    WireReader in = Versions.begin(bytes, VERSION, "reports");
    return new WorkerReport(
        in.text(),
        in.text(),
        in.number(),
        in.optional(),
        state(in.octet()),
        in.real(),
        in.integer(),
        in.integer(),
        in.integer(),
        in.number(),
        Instant.ofEpochMilli(in.number()));
  }

  private static State state(int code) {
    for (State each : State.values()) {
      if (each.code() == code) {
        return each;
      }
    }
    throw new WireException("an unknown state: " + code);
  }
}
