// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandFailed.Fate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelListener;
import org.apache.sshd.common.util.buffer.Buffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command on a channel of its own. sshd makes it the leader of a process group; that is how it is
 * ended with all that it started, for a channel that is closed ends nothing by itself.
 */
final class RemoteProcess implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RemoteProcess.class);

  /** Between TERM and KILL. */
  static final Duration GRACE = Duration.ofSeconds(2);

  /** Signals as SSH names them: RFC 4254, 6.10. */
  private static final Map<String, Integer> SIGNALS = Map.ofEntries(
      Map.entry("HUP", 1),
      Map.entry("INT", 2),
      Map.entry("QUIT", 3),
      Map.entry("ILL", 4),
      Map.entry("ABRT", 6),
      Map.entry("FPE", 8),
      Map.entry("KILL", 9),
      Map.entry("USR1", 10),
      Map.entry("SEGV", 11),
      Map.entry("USR2", 12),
      Map.entry("PIPE", 13),
      Map.entry("ALRM", 14),
      Map.entry("TERM", 15));

  private static final int SIGNALLED = 128;
  private static final int UNNAMED_SIGNAL = 255;

  private final Link link;
  private final Command command;
  private final byte[] script;
  private final ChannelExec channel;
  private final MarkedOutput errors;
  private final @Nullable MarkedOutput output;
  private final CompletableFuture<String> group = new CompletableFuture<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private volatile boolean sent;

  private RemoteProcess(
      Link link,
      Command command,
      byte[] script,
      ChannelExec channel,
      @Nullable OutputStream stdout,
      OutputStream stderr) {
    this.link = link;
    this.command = command;
    this.script = script;
    this.channel = channel;
    errors = new MarkedOutput(stderr, group::complete);
    channel.setErr(errors);
    output = stdout == null ? null : new MarkedOutput(stdout, mark -> {});
    if (output != null) {
      channel.setOut(output);
    }
    channel.addChannelListener(new ChannelListener() {
      @Override
      public void channelStateChanged(Channel changed, String hint) {
        look();
      }
    });
    channel.addCloseFutureListener(future -> {
      look();
      closed.complete(null);
      status.cancel(false);
      group.cancel(false);
    });
  }

  /**
   * Opens the channel; nothing of the command is sent yet.
   *
   * @param stdout gets standard output as it comes, or null when it is read from {@link #output}
   * @throws IOException when no channel could be opened
   */
  static RemoteProcess open(
      Link link,
      Command command,
      Duration patience,
      @Nullable OutputStream stdout,
      OutputStream stderr)
      throws IOException {
    byte[] script = RemoteScript.of(command);
    return link.open(patience, (session, limit) -> {
      ChannelExec channel = session.createExecChannel(RemoteScript.LOGIN_LINE);
      RemoteProcess process = new RemoteProcess(link, command, script, channel, stdout, stderr);
      Link.await(channel, limit);
      channel.addCloseFutureListener(future -> link.released());
      return process;
    });
  }

  private void look() {
    Integer exit = channel.getExitStatus();
    String signal = channel.getExitSignal();
    if (exit != null) {
      status.complete(exit);
    } else if (signal != null) {
      Integer number = SIGNALS.get(signal);
      status.complete(number == null ? UNNAMED_SIGNAL : SIGNALLED + number);
    }
  }

  /** Sends the command. What is written to {@link #input} afterwards is its input. */
  void send() throws IOException {
    if (closed.isDone()) {
      return; // it is found out when its status is awaited
    }
    sent = true;
    input().write(script);
    input().flush();
  }

  OutputStream input() {
    return channel.getInvertedIn();
  }

  InputStream output() {
    return new MarkedInput(channel.getInvertedOut());
  }

  /**
   * Waits for the start.
   *
   * @throws CommandFailed when it was not started
   */
  void awaitStart(Duration most) throws CommandFailed, InterruptedException {
    if (!wait(group, most)) {
      throw new CommandFailed(
          Fate.UNKNOWN,
          "'%s' did not start on %s within %s s"
              .formatted(name(), link.target().name(), Dialer.seconds(most)),
          null);
    }
    checkStarted();
  }

  /** Waits for the end; false when it has not ended by then. */
  boolean awaitExit(Duration most) throws InterruptedException {
    return wait(status, most);
  }

  /** Waits for the rest of the output: until the channel is closed, or silent for that long. */
  void awaitOutput(Duration silence) throws InterruptedException {
    long before;
    do {
      before = count();
    } while (!wait(closed, silence) && count() != before);
  }

  private long count() {
    return errors.count() + (output == null ? 0 : output.count());
  }

  /** The exit status; 128 + n after signal n. */
  int status() throws CommandFailed {
    checkStarted();
    if (status.isCompletedExceptionally()) {
      throw lost();
    }
    return status.join();
  }

  private void checkStarted() throws CommandFailed {
    String mark = group.isDone() && !group.isCompletedExceptionally() ? group.join() : null;
    if (RemoteScript.NOTHING.equals(mark)) {
      throw notStarted("there is no such program");
    }
    if (mark != null) {
      return;
    }
    if (status.isDone() && !status.isCompletedExceptionally()) {
      String noise = OneLine.of((output == null ? "" : output.noise()) + " " + errors.noise());
      throw notStarted("its login shell did not come to it, and said: '" + noise + "'");
    }
    throw lost();
  }

  private CommandFailed notStarted(String why) {
    return new CommandFailed(
        Fate.NOT_STARTED,
        "cannot start '%s' on %s: %s".formatted(name(), link.target().name(), why),
        null);
  }

  private CommandFailed lost() {
    String why = link.isAlive() ? "the host has closed its channel" : link.why();
    return new CommandFailed(
        sent ? Fate.UNKNOWN : Fate.NOT_STARTED,
        "the connection to %s was lost %s: %s"
            .formatted(
                link.target().name(),
                sent
                    ? "while '" + name() + "' ran; whether it was done is not known"
                    : "before '" + name() + "' was sent",
                why),
        null);
  }

  private String name() {
    return command.argv().get(0);
  }

  /** False when the time was over; what was cancelled is over, too. */
  private static boolean wait(CompletableFuture<?> future, Duration most)
      throws InterruptedException {
    try {
      future.get(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | CancellationException e) {
      return true;
    }
  }

  /**
   * TERM, a grace, KILL: to the program and everything in its process group. A channel of its own
   * does it, which goes on when this one is gone. Where there is none to spare the host is asked to
   * signal, as newer servers do, though not for root; and if that does not help, another login is
   * made.
   */
  void end(Duration grace) {
    try {
      String pid = group.isDone() && !group.isCompletedExceptionally() ? group.join() : "";
      boolean known = pid.matches("[1-9][0-9]*");
      if (known && endByChannel(killing(pid, grace))) {
        wait(status, grace.plus(GRACE));
        return;
      }
      endBySignal(grace.isZero() ? "KILL" : "TERM");
      if (!wait(status, GRACE) && known) {
        endByLogin(killing(pid, Duration.ZERO));
        wait(status, GRACE);
      }
    } catch (IOException | BackendUnavailable e) {
      log.debug("'{}' on {} cannot be ended", name(), link.target().name(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String killing(String pid, Duration grace) {
    return ("exec /bin/sh -c 'exec 2>/dev/null; kill -s TERM -- -%1$s; n=0;"
            + " while [ $n -lt %2$d ] && kill -s 0 -- -%1$s; do sleep 1; n=$((n + 1)); done;"
            + " kill -s KILL -- -%1$s'")
        .formatted(pid, grace.toSeconds());
  }

  /** False when no channel is free. */
  private boolean endByChannel(String line) throws IOException {
    Channel killer = link.openNow((session, limit) -> {
      Channel exec = open(session, line);
      exec.addCloseFutureListener(future -> link.released());
      return exec;
    });
    return killer != null;
  }

  private void endByLogin(String line) throws IOException, InterruptedException {
    try (ClientSession session = link.another()) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      open(session, line).addCloseFutureListener(future -> done.complete(null));
      wait(done, GRACE);
    }
  }

  private static Channel open(ClientSession session, String line) throws IOException {
    ChannelExec exec = session.createExecChannel(line);
    exec.setOut(OutputStream.nullOutputStream());
    exec.setErr(OutputStream.nullOutputStream());
    Link.await(exec, GRACE);
    return exec;
  }

  private void endBySignal(String signal) throws IOException {
    Buffer request = channel.getSession().createBuffer(SshConstants.SSH_MSG_CHANNEL_REQUEST);
    request.putUInt(channel.getRecipient());
    request.putString("signal");
    request.putBoolean(false);
    request.putString(signal);
    channel.writePacket(request);
  }

  /** Gives back the channel; what still runs is left alone. */
  @Override
  public void close() {
    channel.close(false);
  }
}
