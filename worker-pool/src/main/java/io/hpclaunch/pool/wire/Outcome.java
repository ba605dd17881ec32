// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/** How a task ended. */
public enum Outcome {
  /** It gave its result; a command ended with 0. */
  DONE,
  /** It threw, or the command ended with another status or by a signal. */
  FAILED,
  /** It was cancelled while it ran or waited. */
  CANCELLED,
  /** It ran into its time limit. */
  TIMED_OUT,
  /** Its worker died while it ran, as often as is borne. */
  KILLED,
  /** The worker could not begin it: a class that is not allowed, a jar or an input that is gone. */
  REFUSED;

  static Outcome of(int ordinal) {
    Outcome[] all = values();
    if (ordinal < 0 || ordinal >= all.length) {
      throw new WireException("an unknown outcome: " + ordinal);
    }
    return all[ordinal];
  }
}
