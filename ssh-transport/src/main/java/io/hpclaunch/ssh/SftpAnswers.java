// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Takes what a host's sftp writes, on the thread that reads the connection, and keeps it by whole
 * messages. There is never more of it than was asked for.
 */
final class SftpAnswers extends OutputStream {
  /** More than OpenSSH's own answers. */
  private static final int LONGEST = 4 * 1024 * 1024;

  private static final int SHORTEST = 5;
  private static final ByteBuffer END = ByteBuffer.allocate(0);

  private final BlockingQueue<ByteBuffer> whole = new LinkedBlockingQueue<>();
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private ByteBuffer message = END;

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) throws IOException {
    ByteBuffer some = ByteBuffer.wrap(bytes, offset, count);
    while (some.hasRemaining()) {
      if (length.hasRemaining()) {
        begin(some);
      } else {
        int n = Math.min(some.remaining(), message.remaining());
        message.put(message.position(), some, some.position(), n);
        message.position(message.position() + n);
        some.position(some.position() + n);
      }
      if (!length.hasRemaining() && !message.hasRemaining()) {
        whole.add(message.flip());
        length.clear();
      }
    }
  }

  private void begin(ByteBuffer some) throws IOException {
    while (length.hasRemaining() && some.hasRemaining()) {
      length.put(some.get());
    }
    if (!length.hasRemaining()) {
      int size = length.getInt(0);
      if (size < SHORTEST || size > LONGEST) {
        ended();
        throw new StreamCorruptedException("no message of SFTP is " + size + " bytes long");
      }
      message = ByteBuffer.allocate(size);
    }
  }

  /** Nothing more will come. */
  void ended() {
    whole.add(END);
  }

  /** Whether there is one already. */
  boolean isReady() {
    return !whole.isEmpty();
  }

  /** Waits for the next one, without its length. */
  ByteBuffer take() throws IOException {
    try {
      ByteBuffer next = whole.take();
      if (!next.hasRemaining()) { // the end, for all who ask
        whole.add(next);
        throw new EOFException("the host has closed the channel for files");
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    }
  }
}
