// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/** How a task ended. */
public enum Outcome {
  /** It gave its result; a command ended with 0. */
  DONE(0),
  /** It threw, or the command ended with another status or by a signal. */
  FAILED(1),
  /** It was cancelled while it ran or waited. */
  CANCELLED(2),
  /** It ran into its time limit. */
  TIMED_OUT(3),
  /** Its worker died while it ran, as often as is borne. */
  KILLED(4),
  /** The worker could not begin it: a class that is not allowed, a jar or an input that is gone. */
  REFUSED(5);

  private final int code;

  Outcome(int code) {
    this.code = code;
  }

  /** How it is written. */
  int code() {
    return code;
  }

  static Outcome of(int code) {
    for (Outcome each : values()) {
      if (each.code == code) {
        return each;
      }
    }
    throw new WireException("an unknown outcome: " + code);
  }
}
