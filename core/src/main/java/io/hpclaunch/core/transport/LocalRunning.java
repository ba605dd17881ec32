// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transport;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.RunningCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A program on this machine that is talked to. */
final class LocalRunning implements RunningCommand {
  /** Between the end of its input and TERM, and between TERM and KILL. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private static final int MOST_ERRORS = 8192;

  private final Process process;
  private final StringBuilder errors = new StringBuilder();

  private LocalRunning(Process process) {
    this.process = process;
  }

  static LocalRunning start(Command command) throws IOException {
    AsciiCommand ascii = AsciiCommand.of(command.argv(), command.environment());
    LocalRunning running = new LocalRunning(LocalCommand.start(command, ascii));
    Thread reader = new Thread(running::collectErrors, "stderr of " + running.process.pid());
    reader.setDaemon(true);
    reader.start();
    return running;
  }

  private void collectErrors() {
    byte[] buffer = new byte[1024];
    try (InputStream stream = process.getErrorStream()) {
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer)) {
        keep(new String(buffer, 0, n, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      return; // it was ended, and its pipe with it
    }
  }

  private void keep(String text) {
    synchronized (errors) {
      errors.append(text);
      errors.delete(0, Math.max(0, errors.length() - MOST_ERRORS));
    }
  }

  @Override
  public OutputStream input() {
    return process.getOutputStream();
  }

  @Override
  public InputStream output() {
    return process.getInputStream();
  }

  @Override
  public String errors() {
    synchronized (errors) {
      return errors.toString();
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has closed its end, or has ended.
    }
    boolean interrupted = !ended();
    if (process.isAlive()) {
      process.destroy();
      interrupted |= !ended();
      process.destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end; false when interrupted. */
  private boolean ended() {
    try {
      process.waitFor(GRACE.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
