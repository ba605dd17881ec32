// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One file of the journal, of which this process is the only writer. What {@link #append} has
 * returned from survives the death of the process; whether it survives the loss of power is the
 * opener's choice. Safe for use by several threads.
 */
public final class FileJournal implements Journal {
  /** The files that this process has open. */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final Output output;
  private final boolean force;
  private final OpenIntents open = new OpenIntents();
  private final int damagedLines;
  private long length;
  private boolean torn;
  private boolean closed;

  /** What the journal writes to; a file, save in tests of full disks. */
  interface Output extends AutoCloseable {
    /** Writes some bytes at the end. */
    int write(ByteBuffer bytes) throws IOException;

    /** Cuts the file. */
    void truncate(long size) throws IOException;

    /** Brings what was written to the disk. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
  }

  FileJournal(Path file, byte[] content, Output output, boolean force) {
    this.file = file;
    this.output = output;
    this.force = force;
    JournalLines.Read read = JournalLines.read(content);
    read.entries().forEach(open::note);
    damagedLines = read.damaged();
    length = content.length;
    torn = content.length > 0 && content[content.length - 1] != '\n';
  }

  /**
   * Makes a file and opens it, locked where the file system has locks.
   *
   * @param file a name that nobody else uses
   */
  static FileJournal create(Path file, boolean force) throws IOException {
    boolean made = false;
    OPEN.add(key(file)); // before anybody can see it
    try {
      FileChannel channel = FileChannel.open(
          file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), StateFiles.FILE);
      made = true;
      isHeld(channel);
      return new FileJournal(file, new byte[0], new ChannelOutput(channel), force);
    } finally {
      if (!made) {
        OPEN.remove(key(file));
      }
    }
  }

  /** Whether this process writes to a file now: one that it has closed is anybody's. */
  static boolean isOpenHere(Path file) {
    return OPEN.contains(key(file));
  }

  private static Path key(Path file) {
    return file.toAbsolutePath().normalize();
  }

  /**
   * Opens somebody else's file and renames it.
   *
   * @return the journal, or null when a living process holds its lock
   * @throws IOException when it is not there any more, or cannot be read or renamed
   */
  static @Nullable FileJournal take(Path file, Path mine, boolean force) throws IOException {
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean taken = false;
    try {
      if (isHeld(channel)) {
        return null;
      }
      OPEN.add(key(mine));
      Files.move(file, mine, StandardCopyOption.ATOMIC_MOVE);
      byte[] content = readAll(channel);
      taken = true;
      return new FileJournal(mine, content, new ChannelOutput(channel), force);
    } finally {
      if (!taken) {
        OPEN.remove(key(mine));
        channel.close();
      }
    }
  }

  /** A second descriptor would give the lock back when it is closed. It ends at the end. */
  private static byte[] readAll(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(channel.size()));
    int read = 0;
    while (read >= 0 && content.hasRemaining()) {
      read = channel.read(content);
    }
    channel.position(channel.size());
    return content.array();
  }

  private static boolean isHeld(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock(); // released when the channel is closed
      return lock == null;
    } catch (java.nio.channels.OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      return false; // a file system without locks
    }
  }

  /** In one write; where that fails the journal is as it was before. */
  @Override
  public synchronized void append(JournalEntry entry) throws IOException {
    if (closed) {
      throw new IOException("the journal " + file + " is closed");
    }
    byte[] line = JournalLines.write(entry);
    ByteBuffer bytes = ByteBuffer.allocate(line.length + 1);
    if (torn) {
      bytes.put((byte) '\n'); // what is torn ends here
    }
    bytes.put(line).flip();
    int size = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        output.write(bytes);
      }
      if (force) {
        output.force();
      }
    } catch (IOException e) {
      takeBack();
      throw new IOException(
          "the journal " + file + " cannot be written: " + e.getMessage()
              + "; nothing was done, make room or choose another state folder",
          e);
    }
    length += size;
    torn = false;
    open.note(entry);
  }

  private void takeBack() {
    try {
      output.truncate(length);
    } catch (IOException e) {
      torn = true;
    }
  }

  @Override
  public synchronized List<OpenIntent> openIntents() {
    return open.all();
  }

  /**
   * How many lines could not be read when the file was opened: a torn last one is usual after a
   * crash, any other is damage.
   *
   * @return the number
   */
  public int damagedLines() {
    return damagedLines;
  }

  /**
   * The file.
   *
   * @return its path
   */
  public Path file() {
    return file;
  }

  @Override
  public String name() {
    return file.toString();
  }

  /**
   * Gives the file back: it is removed when nothing is open and nothing is damaged, else left to
   * whoever takes it over.
   *
   * @throws IOException when it cannot be removed
   */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      try {
        if (open.isEmpty() && damagedLines == 0) {
          Files.deleteIfExists(file);
        }
        output.close();
      } finally {
        OPEN.remove(key(file));
      }
    }
  }

  /** A file. */
  private record ChannelOutput(FileChannel channel) implements Output {
    @Override
    public int write(ByteBuffer bytes) throws IOException {
      return channel.write(bytes);
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size).position(size);
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
