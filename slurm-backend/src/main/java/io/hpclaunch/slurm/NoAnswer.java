// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import org.jspecify.annotations.Nullable;

/** A command of Slurm's gave no answer that can be used. That says nothing about jobs. */
final class NoAnswer extends Exception {
  private static final long serialVersionUID = 1L;

  NoAnswer(String why, @Nullable Throwable cause) {
    super(why, cause);
  }

  /** One line: which command, and what it said. */
  String why() {
    return String.valueOf(getMessage());
  }
}
