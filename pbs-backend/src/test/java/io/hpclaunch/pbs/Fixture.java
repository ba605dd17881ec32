// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;

/** True output of true commands; the first line of each file names version and command. */
final class Fixture {
  private Fixture() {}

  /** What the command wrote. */
  static byte[] bytes(String file) {
    return RawBytes.encode(text(file));
  }

  /** The same as text, in which bytes that are no UTF-8 are kept. */
  static String text(String file) {
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

  /** The only job of a listing in JSON that is whole. */
  static PbsJob job(String file) {
    Listing listing = QstatJson.parse(bytes(file));
    if (listing.rejected() != 0 || listing.jobs().size() != 1) {
      throw new IllegalStateException(file + ": " + listing);
    }
    return listing.jobs().get(0);
  }
}
