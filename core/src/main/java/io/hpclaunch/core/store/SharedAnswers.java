// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.shell.RawBytes;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What commands answered that only ask, for all processes of a user: a scheduler that many clients
 * watch is asked as often as by one. An answer is a file; a lock beside it makes those that want
 * the same at once wait for the one that asks. Where the folder cannot be used everybody asks.
 */
public final class SharedAnswers {
  private static final Logger log = LoggerFactory.getLogger(SharedAnswers.class);
  private static final String VERSION = "v1";
  private static final int HEADER_WORDS = 4;
  private static final Duration KEPT = Duration.ofDays(2);
  private static final int MANY = 200;
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(5);

  private final Path folder;
  private final Transport transport;
  private final CommandBudget budget;
  private final Clock clock;

  /**
   * Opens the answers. Nothing is read or made yet.
   *
   * @param folder where they lie
   * @param transport the way to the host that is asked
   * @param budget what a command waits for; an answer that is there costs nothing of it
   * @param clock tells how old an answer is
   */
  public SharedAnswers(Path folder, Transport transport, CommandBudget budget, Clock clock) {
    this.folder = folder;
    this.transport = transport;
    this.budget = budget;
    this.clock = clock;
  }

  /**
   * As {@link io.hpclaunch.api.BackendContext#ask}.
   *
   * @param question the command
   * @param maxAge how old its answer may be
   * @return the answer
   * @throws IOException as {@link Transport#run}
   */
  public Answer ask(Command question, Duration maxAge) throws IOException {
    Instant earliest = clock.instant().minus(maxAge);
    Path file = folder.resolve(name(question));
    Answer known = read(file, earliest);
    if (known != null) {
      return known;
    }
    try (Turn turn = Turn.take(file, question.timeout())) {
      Answer meanwhile = turn.waited() ? read(file, earliest) : null;
      if (meanwhile != null) {
        return meanwhile;
      }
      budget.await(question);
      Instant asked = clock.instant(); // an answer is not older for having waited
      Answer fresh = new Answer(transport.run(question), asked);
      write(file, fresh);
      return fresh;
    }
  }

  /** The same words and variables for the same host have the same answer. */
  private String name(Command question) {
    Hasher hash = Hashing.sha256().newHasher();
    put(hash, transport.host());
    question.argv().forEach(word -> put(hash, word));
    Map<String, @Nullable String> variables = new TreeMap<>(question.environment());
    variables.forEach((name, value) -> put(hash, value == null ? name : name + "=" + value));
    byte[] input = question.input();
    return hash.putBytes(input).hash().toString().substring(0, 32);
  }

  private static void put(Hasher hash, String word) {
    hash.putString(word, StandardCharsets.UTF_16LE).putChar('\0');
  }

  /** What was asked at or after a time, and not in what this clock takes for the future. */
  private @Nullable Answer read(Path file, Instant earliest) {
    try {
      Answer answer = parse(Files.readAllBytes(file));
      boolean young = answer != null
          && !answer.asked().isBefore(earliest)
          && !answer.asked().isAfter(clock.instant());
      return young ? answer : null;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      log.debug("Answer {} cannot be read: {}", file, e.toString());
      return null;
    }
  }

  private static @Nullable Answer parse(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n') {
      end++;
    }
    String[] words = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).split(" ", -1);
    if (words.length != HEADER_WORDS || !words[0].equals(VERSION) || end == bytes.length) {
      return null;
    }
    try {
      int length = Integer.parseInt(words[3]);
      byte[] stdout = new byte[length];
      byte[] stderr = new byte[bytes.length - end - 1 - length];
      System.arraycopy(bytes, end + 1, stdout, 0, length);
      System.arraycopy(bytes, end + 1 + length, stderr, 0, stderr.length);
      CommandResult result = new CommandResult(Integer.parseInt(words[2]), stdout, stderr);
      return new Answer(result, Instant.parse(words[1]));
    } catch (NumberFormatException
        | DateTimeException
        | NegativeArraySizeException
        | IndexOutOfBoundsException e) {
      return null;
    }
  }

  private void write(Path file, Answer answer) {
    CommandResult result = answer.result();
    byte[] stdout = result.stdoutBytes();
    String header = String.join(
        " ",
        List.of(
            VERSION,
            answer.asked().toString(),
            Integer.toString(result.status()),
            Integer.toString(stdout.length)));
    try {
      StateFiles.replace(
          file,
          header + "\n" + RawBytes.decode(stdout) + RawBytes.decode(result.stderrBytes()),
          false);
      forgetOld();
    } catch (IOException e) {
      log.debug("Answer {} cannot be kept: {}", file, e.toString());
    }
  }

  private void forgetOld() throws IOException {
    List<String> names = StateFiles.names(folder);
    if (names.size() < MANY) {
      return;
    }
    long oldest = System.currentTimeMillis() - KEPT.toMillis();
    for (String name : names) {
      Path file = folder.resolve(name);
      if (Files.getLastModifiedTime(file).toMillis() < oldest) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** The right to ask, or the permission to do so without it. */
  private static final class Turn implements AutoCloseable {
    private final @Nullable FileChannel channel;
    private final boolean waited;

    private Turn(@Nullable FileChannel channel, boolean waited) {
      this.channel = channel;
      this.waited = waited;
    }

    static Turn take(Path file, Duration patience) {
      FileChannel channel = null;
      try {
        StateFiles.folders(StateFiles.parent(file));
        channel = FileChannel.open(
            file.resolveSibling(file.getFileName() + ".lock"),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            StateFiles.FILE);
        long end = System.nanoTime() + patience.toNanos();
        boolean waited = false;
        while (!locked(channel) && System.nanoTime() < end) {
          waited = true;
          LockSupport.parkNanos(LOOK_AGAIN);
        }
        return new Turn(channel, waited);
      } catch (IOException e) {
        log.debug("Answers cannot be shared in {}: {}", file.getParent(), e.toString());
        return new Turn(channel, false);
      }
    }

    private static boolean locked(FileChannel channel) throws IOException {
      try {
        FileLock lock = channel.tryLock();
        return lock != null;
      } catch (OverlappingFileLockException e) {
        return false; // another thread of this process asks
      }
    }

    boolean waited() {
      return waited;
    }

    @Override
    public void close() {
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        log.debug("A lock cannot be given back: {}", e.toString());
      }
    }
  }
}
