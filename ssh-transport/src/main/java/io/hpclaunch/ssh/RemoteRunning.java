// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.RunningCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A program on the host that is talked to. */
final class RemoteRunning implements RunningCommand {
  /** For a free channel, and for the login shell to come to it. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final RemoteProcess process;
  private final Tail errors;
  private final InputStream output;

  private RemoteRunning(RemoteProcess process, Tail errors) {
    this.process = process;
    this.errors = errors;
    this.output = process.output();
  }

  /** Opens a channel for it. Nothing was sent when that fails. */
  static RemoteRunning open(Link link, Command command) throws IOException {
    Tail errors = new Tail();
    return new RemoteRunning(RemoteProcess.open(link, command, PATIENCE, null, errors), errors);
  }

  /** Sends it and waits until it has begun. */
  RemoteRunning begin() throws IOException {
    try {
      process.send();
      process.awaitStart(PATIENCE);
      return this;
    } catch (IOException e) {
      process.close();
      throw e;
    } catch (InterruptedException e) {
      process.end(Duration.ZERO);
      process.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public OutputStream input() {
    return process.input();
  }

  @Override
  public InputStream output() {
    return output;
  }

  @Override
  public String errors() {
    return errors.toString();
  }

  @Override
  public void close() {
    try (process) {
      closeInput();
      if (!process.awaitExit(RemoteProcess.GRACE)) {
        process.end(RemoteProcess.GRACE);
      }
    } catch (InterruptedException e) {
      process.end(Duration.ZERO);
      Thread.currentThread().interrupt();
    }
  }

  private void closeInput() {
    try {
      process.input().close();
    } catch (IOException e) {
      // It has closed its end, or has ended.
    }
  }

  /** The last of what was written. */
  private static final class Tail extends OutputStream {
    private static final int MOST = 8192;

    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      text.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
      text.delete(0, Math.max(0, text.length() - MOST));
    }

    @Override
    public synchronized String toString() {
      return text.toString();
    }
  }
}
