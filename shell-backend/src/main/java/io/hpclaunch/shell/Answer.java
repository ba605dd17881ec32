// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import java.util.List;

/**
 * What {@code hpc-shell} answered to one verb.
 *
 * @param lines the verb's lines; each character is a byte, see {@link Words}
 * @param status 0: answered; 2: wrong usage; 3: the spool cannot be used
 * @param message why the status is not 0; empty otherwise
 */
record Answer(List<String> lines, int status, String message) {
  Answer {
    lines = List.copyOf(lines);
  }

  /** Whether the verb says that it did nothing. */
  boolean isRefusal() {
    return status == 2 || status == 3;
  }
}
