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
   * Makes a line.
   *
   * @param err where it is shown
   * @param terminal whether that is a terminal
   */
  public Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /**
   * Shows a line in the place of the one before.
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

  /** Takes the line away, until there is another one to show. */
  public synchronized void clear() {
    if (isShown) {
      err.print(CLEAR_LINE);
      err.flush();
      isShown = false;
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    clear();
  }
}
