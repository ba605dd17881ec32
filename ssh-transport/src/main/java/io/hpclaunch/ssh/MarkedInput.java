// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A stream of the host without what comes before the {@linkplain RemoteScript#MARK mark}. */
final class MarkedInput extends FilterInputStream {
  private static final byte[] MARK = RemoteScript.MARK.getBytes(StandardCharsets.US_ASCII);

  private boolean begun;

  MarkedInput(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    begin();
    return super.read(bytes, offset, length);
  }

  @Override
  public int available() throws IOException {
    return begun ? super.available() : 0;
  }

  /** The mark's first byte occurs in it once: a mismatch begins anew. */
  private synchronized void begin() throws IOException {
    int matched = 0;
    while (!begun) {
      int c = in.read();
      if (c < 0) {
        begun = true;
      } else if (matched == MARK.length) {
        begun = c == '\n';
      } else {
        matched = c == MARK[matched] ? matched + 1 : c == MARK[0] ? 1 : 0;
      }
    }
  }
}
