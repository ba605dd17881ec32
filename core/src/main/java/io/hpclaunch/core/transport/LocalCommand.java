// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One run of a command on this machine. */
final class LocalCommand {
  /** Between TERM and KILL. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /**
   * How long output is awaited after the end of the program. All of it is in the pipe by then; the
   * pipe stays open for longer only where a daemon was left behind that holds it.
   */
  private static final Duration REST = Duration.ofSeconds(1);

  private final Command command;
  private final Process process;
  private final Collector stdout;
  private final Collector stderr;

  private LocalCommand(Command command, Process process) {
    this.command = command;
    this.process = process;
    this.stdout = new Collector(process.getInputStream());
    this.stderr = new Collector(process.getErrorStream());
  }

  static CommandResult run(Command command) throws IOException {
    AsciiCommand ascii = AsciiCommand.of(command.argv(), command.environment());
    return run(command, ascii);
  }

  static CommandResult run(Command command, AsciiCommand ascii) throws IOException {
    LocalCommand run = new LocalCommand(command, start(command, ascii));
    CommandResult result = run.toEnd();
    if (ascii.rewritten()
        && result.status() == 127
        && result.stderr().strip().equals(AsciiCommand.NOT_FOUND)) {
      throw notStarted(command, "no such file or directory", null);
    }
    return result;
  }

  static Process start(Command command, AsciiCommand ascii) throws CommandFailed {
    ProcessBuilder builder = new ProcessBuilder(ascii.argv());
    Map<String, String> environment = builder.environment();
    try {
      ascii.environment().forEach((name, value) -> {
        if (value == null) {
          environment.remove(name);
        } else {
          environment.put(name, value);
        }
      });
      return builder.start();
    } catch (IOException | IllegalArgumentException e) {
      throw notStarted(command, String.valueOf(e.getMessage()), e);
    }
  }

  private static CommandFailed notStarted(Command command, String why, @Nullable Throwable cause) {
    return new CommandFailed(
        Fate.NOT_STARTED, "cannot start '" + command.argv().get(0) + "': " + why, cause);
  }

  private CommandResult toEnd() throws CommandFailed {
    daemon("stdout", stdout::collect);
    daemon("stderr", stderr::collect);
    feed(command.input());
    try {
      if (!process.waitFor(command.timeout().toNanos(), TimeUnit.NANOSECONDS)) {
        end(GRACE);
        throw new CommandFailed(
            Fate.TIMED_OUT,
            "'%s' took longer than %s s and was ended"
                .formatted(command.argv().get(0), seconds(command.timeout())),
            null);
      }
      stdout.await(REST);
      stderr.await(REST);
      return new CommandResult(process.exitValue(), stdout.bytes(), stderr.bytes());
    } catch (InterruptedException e) {
      end(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new CommandFailed(
          Fate.UNKNOWN, "interrupted while '" + command.argv().get(0) + "' ran", e);
    }
  }

  /** A program need not read its input, and may write before it does: a thread of its own. */
  private void feed(byte[] input) {
    OutputStream stdin = process.getOutputStream();
    if (input.length == 0) {
      close(stdin);
      return;
    }
    daemon("stdin", () -> {
      try (stdin) {
        stdin.write(input);
      } catch (IOException e) {
        // It ended, or closed its input, without having read all: its status tells.
      }
    });
  }

  /** TERM, a grace, KILL: to the program and everything that it started. */
  private void end(Duration grace) {
    List<ProcessHandle> all = family();
    all.forEach(ProcessHandle::destroy);
    boolean interrupted = false;
    try {
      process.waitFor(grace.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    all.addAll(family());
    all.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Taken before the first signal: the children of one that ended belong to somebody else. */
  private List<ProcessHandle> family() {
    List<ProcessHandle> all = new ArrayList<>();
    all.add(process.toHandle());
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.forEach(all::add);
    }
    return all;
  }

  private void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name + " of " + process.pid());
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException e) {
      // Nothing was written.
    }
  }

  private static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0
        ? Long.toString(time.toSeconds())
        : Double.toString(time.toMillis() / 1000.0);
  }

  /** What a stream has said so far. */
  private static final class Collector {
    private final InputStream stream;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final CountDownLatch end = new CountDownLatch(1);

    Collector(InputStream stream) {
      this.stream = stream;
    }

    void collect() {
      byte[] buffer = new byte[8192];
      try (stream) {
        for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
          bytes.write(buffer, 0, n);
        }
      } catch (IOException e) {
        // The program was ended and its pipe with it: what came until then stays.
      } finally {
        end.countDown();
      }
    }

    void await(Duration most) throws InterruptedException {
      end.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
