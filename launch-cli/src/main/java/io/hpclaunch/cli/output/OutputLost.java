// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a command prints cannot be written any more: the reader has gone, or the disk is full. */
public final class OutputLost extends UncheckedIOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param cause what the system said
   */
  public OutputLost(IOException cause) {
    super("standard output could not be written: " + cause.getMessage(), cause);
  }

  /**
   * Whether the reader went away.
   *
   * @return true for a closed pipe, which is no fault
   */
  public boolean isClosedPipe() {
    IOException error = getCause();
    return error != null && isClosedPipe(error);
  }

  /**
   * Whether the reader went away, as {@code head} does when it has seen enough. That is no fault.
   *
   * @param error what the system said
   * @return true for a closed pipe
   */
  public static boolean isClosedPipe(IOException error) {
    return String.valueOf(error.getMessage()).contains("Broken pipe");
  }
}
