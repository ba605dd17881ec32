// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.journal;

import io.hpclaunch.pool.wire.WireException;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is written down of one batch, by one process at a time. What {@link #append} has returned
 * from survives the death of that process at any moment; not that of its machine. Safe for use by
 * several threads.
 *
 * <p>The file is a row of entries, each behind its length and its CRC-32, four bytes each. A last
 * one that is torn was never relied upon.
 */
public final class BatchJournal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchJournal.class);
  private static final int HEAD = 2 * Integer.BYTES;

  /** A message has 64 MiB at most; what is longer is no entry. */
  private static final int LONGEST = 80 * 1024 * 1024;

  private final Path file;
  private final FileChannel channel;
  private final ProcessLock lock;

  private BatchJournal(Path file, FileChannel channel, ProcessLock lock) {
    this.file = file;
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Opens a file to go on behind its last whole entry.
   *
   * @param file is there
   * @param length where that ends, as {@link #read} gave it
   * @param lock keeps others away; closed with the journal, and when this fails
   */
  static BatchJournal open(Path file, long length, ProcessLock lock) throws IOException {
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE);
      channel.truncate(length);
      channel.position(length);
      return new BatchJournal(file, channel, lock);
    } catch (IOException e) {
      if (channel != null) {
        channel.close();
      }
      lock.close();
      throw e;
    }
  }

  /**
   * Reads a file up to its end, or to the first entry that is torn.
   *
   * @param file a journal, which somebody may be writing
   * @param each takes the entries
   * @return where the last whole one ends
   */
  static long read(Path file, Consumer<BatchEntry> each) throws IOException {
    long end = 0;
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      while (true) {
        int length = in.readInt();
        int sum = in.readInt();
        if (length <= 0 || length > LONGEST) {
          return end;
        }
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length || sum(bytes) != sum) {
          return end;
        }
        each.accept(BatchEntry.decode(bytes));
        end += HEAD + length;
      }
    } catch (EOFException | WireException e) {
      return end;
    }
  }

  private static int sum(byte[] bytes) {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    return (int) sum.getValue();
  }

  /**
   * Writes something down. Where that fails the journal is given up, and removed: the results go to
   * this client, and no other one can attach. Does nothing when it is closed.
   *
   * @param entry what to write
   */
  public synchronized void append(BatchEntry entry) {
    if (!channel.isOpen()) {
      return;
    }
    byte[] bytes = entry.encode();
    ByteBuffer whole = ByteBuffer.allocate(HEAD + bytes.length);
    whole.putInt(bytes.length).putInt(sum(bytes)).put(bytes).flip();
    try {
      while (whole.hasRemaining()) {
        channel.write(whole);
      }
    } catch (IOException e) {
      LOG.warn(
          "the journal of a batch cannot be written, so that nobody will be able to attach to it:"
              + " {}: {}",
          file,
          e.toString());
      giveUp();
    }
  }

  private void giveUp() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} stays, and does not tell all: {}", file, e.toString());
    }
    close();
  }

  /** Shows that somebody has an interest in it still. */
  public synchronized void touch() {
    try {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    } catch (IOException e) {
      LOG.debug("{}: {}", file, e.toString());
    }
  }

  /** Ends the writing; what is written stays. Safe to repeat. */
  @Override
  public synchronized void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{}: {}", file, e.toString());
    }
    lock.close();
  }
}
