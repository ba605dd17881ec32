// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A command that runs on a host and is talked to meanwhile.
 *
 * @since 0.1
 */
public interface RunningCommand extends AutoCloseable {
  /**
   * Its standard input.
   *
   * @return the stream; what is written goes out when it is flushed
   */
  OutputStream input();

  /**
   * Its standard output.
   *
   * @return the stream; it ends when the command does
   */
  InputStream output();

  /**
   * What it has written to standard error so far, or the last of it.
   *
   * @return the text, of a bounded length
   */
  String errors();

  /**
   * Closes the input, waits a moment for the command's end, and then ends it.
   *
   * @throws IOException when the host cannot be reached
   */
  @Override
  void close() throws IOException;
}
