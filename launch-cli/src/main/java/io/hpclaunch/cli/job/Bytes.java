// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.cli.output.OutputLost;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** What jobs have written, byte for byte. */
final class Bytes {
  private static final int CHUNK = 1 << 16;

  private Bytes() {}

  /**
   * Copies as bytes come.
   *
   * @throws BackendUnavailable when they cannot be read
   * @throws OutputLost when they cannot be written
   */
  static void copy(InputStream in, OutputStream out) {
    byte[] buffer = new byte[CHUNK];
    for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
      try {
        out.write(buffer, 0, n);
        out.flush();
      } catch (IOException e) {
        throw new OutputLost(e);
      }
    }
  }

  private static int read(InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new BackendUnavailable("the output of the job cannot be read: " + e.getMessage(), e);
    }
  }

  /** The last lines, as text. */
  static List<String> lastLines(InputStream in, int count) {
    byte[] buffer = new byte[CHUNK];
    byte[] tail = {};
    for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
      ByteArrayOutputStream both = new ByteArrayOutputStream();
      both.writeBytes(tail);
      both.write(buffer, 0, n);
      byte[] all = both.toByteArray();
      tail = Arrays.copyOfRange(all, Math.max(0, all.length - CHUNK), all.length);
    }
    List<String> lines = new String(tail, StandardCharsets.UTF_8).lines().toList();
    return lines.subList(Math.max(0, lines.size() - count), lines.size());
  }
}
