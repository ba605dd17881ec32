// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import org.jspecify.annotations.Nullable;

/** A scheduler's command gave no answer that can be used. That says nothing about jobs. */
public final class NoAnswer extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param why one line: which command, and what it said
   * @param cause what was thrown, or null
   */
  public NoAnswer(String why, @Nullable Throwable cause) {
    super(why, cause);
  }

  /**
   * What went wrong.
   *
   * @return one line: which command, and what it said
   */
  public String why() {
    return String.valueOf(getMessage());
  }
}
