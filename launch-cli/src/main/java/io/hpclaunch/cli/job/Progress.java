// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.io.PrintWriter;

/** A line on a terminal that tells how far a command has come; nothing elsewhere. */
public final class Progress implements AutoCloseable {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintWriter err;
  private final boolean terminal;
  private boolean isShown;
  private boolean isClosed;

  /**
   * Makes a line that shows nothing yet.
   *
   * @param err where to
   * @param terminal whether that is a terminal
   */
  public Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Shows a line in place of the one before.
   *
   * @param line the line
   */
  public synchronized void show(String line) {
    if (terminal && !isClosed) {
      err.print(CLEAR_LINE + line);
      err.flush();
      isShown = true;
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    if (isShown) {
      err.print(CLEAR_LINE);
      err.flush();
    }
  }
}
