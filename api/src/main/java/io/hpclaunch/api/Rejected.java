// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * The scheduler refused, in its own words. Nothing of the submission runs.
 *
 * @since 0.1
 */
public final class Rejected extends HpcException {
  private static final long serialVersionUID = 1L;

  /** Whether the job would be taken later. */
  private final boolean noRoom;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public Rejected(String message) {
    this(message, null, false);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public Rejected(String message, Throwable cause) {
    this(message, cause, false);
  }

  private Rejected(String message, @Nullable Throwable cause, boolean noRoom) {
    super(message, cause);
    this.noRoom = noRoom;
  }

  /**
   * The scheduler takes no more jobs of this user for now, as when a limit on submitted jobs is
   * reached. Core keeps such a job in the client's own queue and submits it when there is room.
   *
   * @param message the scheduler's words
   * @return the error
   */
  public static Rejected noRoom(String message) {
    return new Rejected(message, null, true);
  }

  /**
   * Whether the job would be taken later.
   *
   * @return true when it was made by {@link #noRoom}
   */
  public boolean isNoRoom() {
    return noRoom;
  }
}
