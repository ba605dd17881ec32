// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CopyProgress;
import io.hpclaunch.api.transport.FileCopy;
import io.hpclaunch.api.transport.FileStat;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies many files over a connection: on a few channels side by side, on each of them many files
 * at once. When the connection is lost it goes on over the next one with what is not finished.
 */
final class BulkCopy {
  private static final Logger log = LoggerFactory.getLogger(BulkCopy.class);

  /** Each has a process on the host: one waits for its disk while another one does something. */
  private static final int MOST_STREAMS = 3;

  private static final int FILES_PER_STREAM = 64;

  /** How long it is tried without a byte that arrives. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration OPENING = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LEAST_FOR_HASH = Duration.ofMinutes(1);
  private static final long LEAST_HASHED_PER_SECOND = 10_000_000;

  /** The same with the program of macOS. */
  private static final String HASH =
      "head -c \"$1\" <\"$2\" | if command -v sha256sum >/dev/null; then sha256sum;"
          + " else shasum -a 256; fi";

  /** Which way the files go. */
  enum Direction {
    UP,
    DOWN
  }

  private final SshTransport way;
  private final Connection connection;
  private final Direction direction;
  private final CopyProgress progress;
  private final ConcurrentLinkedDeque<FileCopy> waiting;
  private final ConcurrentLinkedDeque<String> leftBehind = new ConcurrentLinkedDeque<>();
  private boolean begun;
  private volatile long lastArrival = System.nanoTime();
  private volatile @Nullable Failure failure;

  /** What ends it: of which path, and why. */
  private record Failure(String path, IOException error) {}

  BulkCopy(
      SshTransport way,
      Connection connection,
      Direction direction,
      Collection<FileCopy> files,
      CopyProgress progress) {
    this.way = way;
    this.connection = connection;
    this.direction = direction;
    this.progress = progress;
    waiting = new ConcurrentLinkedDeque<>(files);
  }

  String host() {
    return way.host();
  }

  boolean isStopped() {
    return failure != null;
  }

  synchronized void failed(String path, IOException error) {
    if (failure == null) {
      failure = new Failure(path, error);
    }
  }

  void count(FileCopy file, long bytes) {
    if (bytes > 0) {
      lastArrival = System.nanoTime();
    }
    if (bytes != 0) {
      progress.copied(file, bytes);
    }
  }

  void finished(FileCopy file) {
    lastArrival = System.nanoTime();
    progress.finished(file);
  }

  /**
   * Copies them all.
   *
   * @throws IOException when one of them could not be copied
   * @throws BackendUnavailable when the host is out of reach for too long
   */
  void run() throws IOException {
    while (!waiting.isEmpty() && !isStopped()) {
      Link link = null;
      try {
        link = connection.link();
        copyOver(link);
      } catch (InterruptedIOException e) {
        throw e;
      } catch (IOException | BackendUnavailable e) {
        long silent = System.nanoTime() - lastArrival;
        if (!begun || connection.isClosed() || silent > PATIENCE.toNanos()) {
          throw outOfReach(link, e);
        }
        log.info("{} files are left to copy when {} is reached again", waiting.size(), host());
        pause();
      }
    }
    Failure ended = failure;
    if (ended != null) {
      throw told(ended);
    }
  }

  private RuntimeException outOfReach(@Nullable Link link, Exception cause) {
    if (cause instanceof BackendUnavailable told) {
      return told;
    }
    return link != null && link.isLost()
        ? link.lost("while files were copied; a repeated call goes on from here", cause)
        : way.noFiles((IOException) cause);
  }

  private static void pause() throws InterruptedIOException {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("interrupted while files were copied").initCause(e);
    }
  }

  private IOException told(Failure ended) throws IOException {
    if (ended.error() instanceof SftpException refused) {
      return direction == Direction.UP
          ? way.refusedWriting(refused, ended.path())
          : SftpErrors.of(refused, ended.path(), host());
    }
    return ended.error();
  }

  /** On one channel, and on as many more as are free and of use. */
  private void copyOver(Link link) throws IOException {
    List<Lane> more = new ArrayList<>();
    SftpStream first =
        link.open(OPENING, (session, limit) -> SftpStream.open(link, session, limit));
    begun = true;
    try {
      for (String path = leftBehind.poll(); path != null; path = leftBehind.poll()) {
        first.remove(path);
      }
      for (int i = 1; i < Math.min(MOST_STREAMS, waiting.size()); i++) {
        SftpStream another =
            link.openNow((session, limit) -> SftpStream.open(link, session, limit));
        if (another == null) {
          break;
        }
        more.add(new Lane(another));
      }
      more.forEach(Thread::start);
      work(first);
      for (Lane lane : more) {
        lane.await();
      }
    } finally {
      first.close();
      more.forEach(Lane::cut);
    }
  }

  /** A channel beside the first one, with a thread of its own. */
  private final class Lane extends Thread {
    private final SftpStream stream;
    private volatile @Nullable Exception error;

    Lane(SftpStream stream) {
      super("hpc-copy-" + host());
      this.stream = stream;
      setDaemon(true);
    }

    @Override
    public void run() {
      try {
        work(stream);
      } catch (IOException | RuntimeException e) {
        error = e;
      } finally {
        stream.close();
      }
    }

    void await() throws IOException {
      try {
        join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw (IOException)
            new InterruptedIOException("interrupted while files were copied").initCause(e);
      }
      if (error != null) {
        throw error instanceof IOException told ? told : new IOException(OneLine.of(error), error);
      }
    }

    void cut() {
      if (isAlive()) {
        stream.cut();
      }
    }
  }

  /** Keeps many files under way on one channel, until none is left. */
  private void work(SftpStream stream) throws IOException {
    List<FileMove> moves = new ArrayList<>();
    try {
      while (true) {
        moves.removeIf(FileMove::isOver);
        while (moves.size() < FILES_PER_STREAM && stream.hasRoom() && !isStopped()) {
          FileCopy next = waiting.poll();
          if (next == null) {
            break;
          }
          FileMove move = direction == Direction.UP
              ? new Upload(next, stream, this)
              : new Download(next, stream, this);
          moves.add(move);
          move.begin();
        }
        if (!stream.receive()) {
          return; // nothing is under way any more
        }
      }
    } catch (IOException | RuntimeException e) {
      giveBack(moves, e);
      throw e;
    }
  }

  private void giveBack(List<FileMove> moves, Exception because) {
    for (FileMove move : moves) {
      if (!move.isOver()) {
        try {
          move.letGo();
        } catch (IOException e) {
          because.addSuppressed(e);
        }
        move.uncount();
        waiting.addFirst(move.file());
        String unfinished = move.leftBehind();
        if (unfinished != null) {
          leftBehind.add(unfinished);
        }
      }
    }
  }

  /**
   * How many bytes a file here and one there begin with alike, up to the shorter one's end: all of
   * them or none.
   *
   * @return 0 where they differ, or where it cannot be told; -1 where there is no file there
   */
  long sameBytes(Path here, String there, long most) throws IOException {
    Optional<FileStat> facts = way.stat(there);
    if (facts.isEmpty() || facts.get().kind() != FileStat.Kind.FILE) {
      return -1;
    }
    long length = Math.min(Math.min(most, facts.get().size()), Files.size(here));
    if (length == 0) {
      return 0;
    }
    Duration limit = LEAST_FOR_HASH.plusSeconds(length / LEAST_HASHED_PER_SECOND);
    Command command =
        Command.of("sh", "-c", HASH, "sh", Long.toString(length), there).withTimeout(limit);
    try {
      return way.run(command).stdout().startsWith(hash(here, length)) ? length : 0;
    } catch (CommandFailed e) {
      if (e.fate() == CommandFailed.Fate.TIMED_OUT) {
        return 0;
      }
      throw e;
    }
  }

  private static String hash(Path file, long length) throws IOException {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      try (InputStream in =
          new DigestInputStream(new LimitedInput(Files.newInputStream(file), length), sha)) {
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
          // The digest has taken them.
        }
      } catch (IOException e) {
        throw UnfinishedFile.failed(file, e);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new FileSystemException(file.toString(), null, "no SHA-256 in this Java");
    }
  }
}
