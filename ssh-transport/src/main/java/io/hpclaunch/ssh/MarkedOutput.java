// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A stream of the host, which begins with what its login shell has to say. From the
 * {@linkplain RemoteScript#MARK mark} on, all goes to another stream.
 */
final class MarkedOutput extends OutputStream {
  private static final byte[] MARK = RemoteScript.MARK.getBytes(StandardCharsets.US_ASCII);
  private static final int MOST_NOISE = 1 << 16;

  private final OutputStream sink;
  private final Consumer<String> marked;
  private final ByteArrayOutputStream noise = new ByteArrayOutputStream();
  private boolean seen;
  private long count;

  /**
   * Makes a stream.
   *
   * @param sink gets what follows the mark
   * @param marked gets what the mark says, once
   */
  MarkedOutput(OutputStream sink, Consumer<String> marked) {
    this.sink = sink;
    this.marked = marked;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    count += length;
    if (seen) {
      sink.write(bytes, offset, length);
      return;
    }
    noise.write(bytes, offset, length);
    look(noise.toByteArray());
  }

  private void look(byte[] all) throws IOException {
    int mark = indexOf(all, MARK);
    int end = mark < 0 ? -1 : indexOf(all, '\n', mark);
    if (end >= 0) {
      seen = true;
      noise.reset();
      noise.write(all, 0, mark);
      marked.accept(
          new String(all, mark + MARK.length, end - mark - MARK.length, StandardCharsets.US_ASCII));
      sink.write(all, end + 1, all.length - end - 1);
    } else if (all.length > 2 * MOST_NOISE) {
      noise.reset();
      noise.write(all, all.length - MOST_NOISE, MOST_NOISE);
    }
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int i = 0; i + part.length <= all.length; i++) {
      if (Arrays.equals(all, i, i + part.length, part, 0, part.length)) {
        return i;
      }
    }
    return -1;
  }

  private static int indexOf(byte[] all, char c, int from) {
    for (int i = from; i < all.length; i++) {
      if (all[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** What was said before the mark. */
  synchronized String noise() {
    return noise.toString(StandardCharsets.UTF_8);
  }

  /** How many bytes came so far. */
  synchronized long count() {
    return count;
  }
}
