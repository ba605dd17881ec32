// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** True output of true commands; the first line of each file names command and version. */
final class Fixture {
  private Fixture() {}

  /** What the command wrote, as the transports hand it over. */
  static String read(String file) {
    try (InputStream in = Fixture.class.getResourceAsStream(file)) {
      String text = RawBytes.decode(Objects.requireNonNull(in, file).readAllBytes());
      if (!text.startsWith("# ")) {
        throw new IllegalStateException(file + " does not name its command");
      }
      return text.substring(text.indexOf('\n') + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
