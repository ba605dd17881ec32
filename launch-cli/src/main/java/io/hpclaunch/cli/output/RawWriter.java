// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.output;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/**
 * Writes UTF-8, and bytes that are none as they were read: what a user gave on a command line comes
 * out as the same bytes. Keeps its text until it is flushed.
 */
public final class RawWriter extends Writer {
  private final OutputStream out;
  private final StringBuilder text = new StringBuilder();
  private @Nullable IOException failure;

  /**
   * Makes a writer.
   *
   * @param out where the bytes go; it is not closed
   */
  public RawWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * What went wrong when bytes were written.
   *
   * @return the first error, or null
   */
  public @Nullable IOException failure() {
    synchronized (lock) {
      return failure;
    }
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    synchronized (lock) {
      text.append(chars, offset, length);
    }
  }

  @Override
  public void flush() throws IOException {
    synchronized (lock) {
      byte[] bytes = RawBytes.encode(text.toString());
      text.setLength(0);
      try {
        out.write(bytes);
        out.flush();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
