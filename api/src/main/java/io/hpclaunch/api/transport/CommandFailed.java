// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A command did not run to its end.
 *
 * @since 0.1
 */
public final class CommandFailed extends IOException {
  private static final long serialVersionUID = 1L;

  /** How far it came. */
  private final Fate fate;

  /** How far the command came. */
  public enum Fate {
    /** It was never started: to run it again does no harm. */
    NOT_STARTED,
    /** It ran longer than it may, and was ended; what it did until then stays done. */
    TIMED_OUT,
    /** It was started, and nothing more is known. */
    UNKNOWN
  }

  /**
   * Makes the error.
   *
   * @param fate how far the command came
   * @param message one line for the user
   * @param cause what led to it, or null
   */
  public CommandFailed(Fate fate, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.fate = fate;
  }

  /**
   * How far the command came.
   *
   * @return its fate
   */
  public Fate fate() {
    return fate;
  }
}
