// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.core.shell.RawBytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Inputs of tasks, one a line, as bytes: they need not be UTF-8. */
final class InputLines {
  private final InputStream in;
  private final int separator;
  private @Nullable String ahead;

  /**
   * Reads lines.
   *
   * @param in holds them
   * @param isNul whether each ends with a NUL, and not with its line
   */
  InputLines(InputStream in, boolean isNul) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.separator = isNul ? 0 : '\n';
  }

  /** Whether there is none; waits until the first has come. */
  boolean isEmpty() throws IOException {
    if (ahead == null) {
      ahead = read();
    }
    return ahead == null;
  }

  /**
   * The next input; empty lines are passed over, as xargs does.
   *
   * @return a text as {@link RawBytes} has it, or null at the end
   */
  @Nullable String next() throws IOException {
    String next = ahead;
    ahead = null;
    return next == null ? read() : next;
  }

  private @Nullable String read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int each = in.read(); each >= 0; each = in.read()) {
      if (each != separator) {
        line.write(each);
      } else if (line.size() > 0 || separator == 0) {
        return RawBytes.decode(line.toByteArray());
      }
    }
    return line.size() > 0 ? RawBytes.decode(line.toByteArray()) : null;
  }
}
