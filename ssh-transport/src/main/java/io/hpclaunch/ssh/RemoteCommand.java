// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import io.hpclaunch.api.transport.CommandResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/** One run of a command. */
final class RemoteCommand {
  /**
   * How long output may pause after the end of the program. What it wrote is on its way by then;
   * the channel stays open for longer only where a daemon was left behind that holds it.
   */
  private static final Duration REST = Duration.ofSeconds(2);

  private final Command command;
  private final RemoteProcess process;
  private final ByteArrayOutputStream stdout;
  private final ByteArrayOutputStream stderr;

  private RemoteCommand(
      Command command,
      RemoteProcess process,
      ByteArrayOutputStream stdout,
      ByteArrayOutputStream stderr) {
    this.command = command;
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** Opens a channel for it. Nothing was sent when that fails. */
  static RemoteCommand open(Link link, Command command) throws IOException {
    ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    RemoteProcess process = RemoteProcess.open(link, command, command.timeout(), stdout, stderr);
    return new RemoteCommand(command, process, stdout, stderr);
  }

  /** Sends it and waits for its end. */
  CommandResult toEnd() throws IOException {
    try (process) {
      feed();
      if (!process.awaitExit(command.timeout())) {
        process.end(RemoteProcess.GRACE);
        throw new CommandFailed(
            Fate.TIMED_OUT,
            "'%s' took longer than %s s and was ended"
                .formatted(command.argv().get(0), Dialer.seconds(command.timeout())),
            null);
      }
      process.awaitOutput(REST);
      int status = process.status();
      return new CommandResult(status, stdout.toByteArray(), stderr.toByteArray());
    } catch (InterruptedException e) {
      process.end(Duration.ZERO);
      Thread.currentThread().interrupt();
      throw new CommandFailed(
          Fate.UNKNOWN, "interrupted while '" + command.argv().get(0) + "' ran", e);
    }
  }

  /** A program need not read its input, and may write before it does: a thread of its own. */
  private void feed() {
    byte[] input = command.input();
    if (input.length == 0) {
      send(input);
      return;
    }
    Thread thread = new Thread(() -> send(input), "input of " + command.argv().get(0));
    thread.setDaemon(true);
    thread.start();
  }

  private void send(byte[] input) {
    try {
      process.send();
      try (OutputStream stdin = process.input()) {
        stdin.write(input);
      }
    } catch (IOException e) {
      // It ended, or closed its input, without having read all: its status tells.
    }
  }
}
