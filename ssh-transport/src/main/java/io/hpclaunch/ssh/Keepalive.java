// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.IOException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Asks the host now and then whether it is still there, and ends the connection when it does not
 * answer several times in a row, as OpenSSH's {@code ServerAliveInterval} does.
 */
final class Keepalive implements Runnable {
  private static final String REQUEST = "keepalive@openssh.com";

  private final Target target;
  private final ClientSession session;
  private final Consumer<IOException> silent;
  private final AtomicInteger unanswered = new AtomicInteger();

  private Keepalive(Target target, ClientSession session, Consumer<IOException> silent) {
    this.target = target;
    this.session = session;
    this.silent = silent;
  }

  /**
   * Starts asking, until the session ends.
   *
   * @param silent told why, before the session is ended
   */
  static void start(Target target, ClientSession session, Consumer<IOException> silent) {
    long interval = target.keepalive().toMillis();
    if (interval <= 0) {
      return;
    }
    ScheduledFuture<?> asking = session
        .getFactoryManager()
        .getScheduledExecutorService()
        .scheduleWithFixedDelay(
            new Keepalive(target, session, silent), interval, interval, TimeUnit.MILLISECONDS);
    session.addCloseFutureListener(closed -> asking.cancel(false));
  }

  @Override
  public void run() {
    try {
      if (unanswered.getAndIncrement() >= target.keepaliveMost()) {
        throw new IOException("it has not answered for %s s"
            .formatted(
                Dialer.seconds(target.keepalive().multipliedBy(target.keepaliveMost() + 1L))));
      }
      Buffer request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
      request.putString(REQUEST);
      request.putBoolean(true);
      // Whatever the answer is, it is one.
      session.request(request, REQUEST, (command, answer) -> unanswered.set(0));
    } catch (IOException e) {
      silent.accept(e);
      session.close(true);
    }
  }
}
