// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.shell.RawBytes;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** What a job has written, in files on the host that the transport reaches. */
final class JobOutput implements JobLogs {
  private static final Duration DELIVERED_WITHIN = Duration.ofMinutes(1);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

  private final Transport transport;
  private final Function<Stream, String> paths;
  private final BooleanSupplier ended;
  private final BooleanSupplier delivering;

  /**
   * Makes the logs of a job.
   *
   * @param transport the way to the files
   * @param paths where the streams are
   * @param ended whether nothing more will be written
   * @param delivering whether the scheduler is bringing what was written
   */
  JobOutput(
      Transport transport,
      Function<Stream, String> paths,
      BooleanSupplier ended,
      BooleanSupplier delivering) {
    this.transport = transport;
    this.paths = paths;
    this.ended = ended;
    this.delivering = delivering;
  }

  @Override
  public InputStream open(Stream log) {
    awaitDelivery();
    return open(paths.apply(log), 0);
  }

  /** Where the output cannot be delivered, PBS tries for a while, and then gives up. */
  private void awaitDelivery() {
    long end = System.nanoTime() + DELIVERED_WITHIN.toNanos();
    while (delivering.getAsBoolean() && System.nanoTime() < end) {
      try {
        Thread.sleep(BETWEEN_LOOKS.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private InputStream open(String path, long offset) {
    try {
      return read(path, offset);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private InputStream read(String path, long offset) throws IOException {
    try {
      return transport.read(path, offset);
    } catch (NoSuchFileException | FileNotFoundException e) {
      return new ByteArrayInputStream(new byte[0]); // it has not started
    }
  }

  private BackendUnavailable unreadable(String path, IOException e) {
    return new BackendUnavailable(
        path + " on " + transport.host() + " cannot be read: " + e.getMessage(), e);
  }

  @Override
  public InputStream follow(Stream log) {
    return new Following(paths.apply(log));
  }

  @Override
  public String stdout() {
    return text(Stream.STDOUT);
  }

  @Override
  public String stderr() {
    return text(Stream.STDERR);
  }

  private String text(Stream log) {
    try (InputStream in = open(log)) {
      return RawBytes.decode(in.readAllBytes());
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the " + log + " of the job cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads on until the job has ended and everything was read. A host that was reached before may be
   * out of reach for a while: what has been read is not read again.
   */
  private final class Following extends InputStream {
    private static final long SHORTEST_PAUSE = 50;
    private static final long LONGEST_PAUSE = 1000;
    private static final Duration OUT_OF_REACH = Duration.ofMinutes(5);

    private final String path;
    private InputStream now = InputStream.nullInputStream();
    private long offset;
    private long pause = SHORTEST_PAUSE;
    private boolean last;
    private boolean everReached;
    private long reached;

    Following(String path) {
      this.path = path;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (true) {
        try {
          int n = now.read(buffer, from, length);
          if (n > 0) {
            offset += n;
            pause = SHORTEST_PAUSE;
            return n;
          }
          now.close();
          if (last) {
            return -1;
          }
          look();
          everReached = true;
          reached = System.nanoTime();
        } catch (FileSystemException e) {
          throw unreadable(path, e);
        } catch (IOException | BackendUnavailable e) {
          if (e instanceof InterruptedIOException || !mayComeBack()) {
            throw e;
          }
          now = InputStream.nullInputStream();
          last = false;
          rest();
        }
      }
    }

    private boolean mayComeBack() {
      return everReached
          && !transport.isLocal()
          && System.nanoTime() - reached < OUT_OF_REACH.toNanos();
    }

    /** Asked before the file is opened, so that what is written at the end is read once more. */
    private void look() throws IOException {
      last = ended.getAsBoolean();
      if (!last) {
        rest();
        last = ended.getAsBoolean();
      }
      now = JobOutput.this.read(path, offset);
    }

    private void rest() throws IOException {
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while " + path + " was followed");
      }
      pause = Math.min(LONGEST_PAUSE, pause + pause / 2);
    }

    @Override
    public void close() throws IOException {
      now.close();
    }
  }
}
