// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.SshFutureListener;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jspecify.annotations.Nullable;

/** A connection that lives until it is lost: its channels, and the one for files among them. */
final class Link implements AutoCloseable {
  /** For the host's answer to an open request. */
  private static final Duration OPENING = Duration.ofSeconds(60);

  private static final Duration MOMENT = Duration.ofMillis(500);

  private final Target target;
  private final ClientSession session;
  private final Supplier<ClientSession> another;
  private final ChannelSlots slots = new ChannelSlots();
  private final SftpChannels sftp;
  private final AtomicReference<@Nullable Throwable> end = new AtomicReference<>();

  /**
   * Takes over a session.
   *
   * @param another logs in once more
   * @param lost told when it ends, and why
   */
  Link(
      Target target,
      ClientSession session,
      Supplier<ClientSession> another,
      Consumer<String> lost) {
    this.target = target;
    this.session = session;
    this.another = another;
    this.sftp = new SftpChannels(this);
    session.addSessionListener(new SessionListener() {
      @Override
      public void sessionException(Session ended, Throwable cause) {
        end.compareAndSet(null, cause);
      }

      @Override
      public void sessionDisconnect(
          Session ended, int reason, String message, String language, boolean initiator) {
        end.compareAndSet(null, new SshException(reason, message));
      }
    });
    Keepalive.start(target, session, why -> end.compareAndSet(null, why));
    session.addCloseFutureListener(closed -> lost.accept(why()));
  }

  /** What can be opened on a connection. */
  @FunctionalInterface
  interface Opener<T> {
    T open(ClientSession session, Duration limit) throws IOException;
  }

  Target target() {
    return target;
  }

  ClientSession session() {
    return session;
  }

  SftpChannels sftp() {
    return sftp;
  }

  boolean isAlive() {
    return session.isOpen();
  }

  /**
   * Whether the connection was lost, now that something has failed. It may take a moment to notice.
   */
  boolean isLost() {
    if (session.isOpen()) {
      session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), MOMENT);
    }
    return !session.isOpen();
  }

  /** Why it has ended. */
  String why() {
    Throwable cause = end.get();
    return cause == null ? "the host has closed it" : OneLine.of(cause);
  }

  /**
   * Opens a channel as soon as there may be one more. The slot belongs to what was opened, which
   * calls {@link #released} when it has ended.
   *
   * @param patience how long a free one is waited for
   * @throws NoChannel when there was none in time; nothing was sent
   * @throws IOException when the connection was lost
   */
  <T> T open(Duration patience, Opener<T> opener) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      while (true) {
        if (slots.exhausted()) {
          sftp.giveBack();
        }
        if (!slots.acquire(deadline)) {
          throw new NoChannel(target, patience);
        }
        T opened = tryOpen(opener);
        if (opened != null) {
          return opened;
        }
        slots.refused();
        if (System.nanoTime() - deadline >= 0) {
          throw new NoChannel(target, patience);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while a channel was awaited").initCause(e);
    }
  }

  /** Opens a channel if one is free now; null when none is. */
  <T> @Nullable T openNow(Opener<T> opener) throws IOException {
    if (!slots.tryAcquire()) {
      return null;
    }
    T opened = tryOpen(opener);
    if (opened == null) {
      slots.release();
    }
    return opened;
  }

  /** Null when the host refuses one more; the slot is still held then. */
  private <T> @Nullable T tryOpen(Opener<T> opener) throws IOException {
    try {
      return opener.open(session, OPENING);
    } catch (IOException | RuntimeException e) {
      if (isRefusal(e) && isAlive()) {
        return null;
      }
      slots.release();
      throw e instanceof IOException told ? told : new IOException(OneLine.of(e), e);
    }
  }

  /** Opens a channel, or gives it up: also when the connection is lost, which it is not told. */
  static void await(ClientChannel channel, Duration limit) throws IOException {
    ClientSession session = channel.getClientSession();
    CountDownLatch answered = new CountDownLatch(1);
    SshFutureListener<CloseFuture> ended = closed -> answered.countDown();
    session.addCloseFutureListener(ended);
    try {
      OpenFuture opening = channel.open();
      opening.addListener(answer -> answered.countDown());
      boolean inTime = answered.await(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (!inTime || !opening.isDone()) {
        throw new SshException(
            inTime ? "the connection was lost" : "no channel was opened in time");
      }
      opening.verify();
    } catch (InterruptedException e) {
      channel.close(true);
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (IOException | RuntimeException e) {
      channel.close(true);
      throw e;
    } finally {
      session.removeCloseFutureListener(ended);
    }
  }

  /** Logs in once more, for what cannot wait for a channel. To be closed. */
  ClientSession another() {
    return another.get();
  }

  /** Whether somebody waits for a channel. */
  boolean isWanted() {
    return slots.isWanted();
  }

  void released() {
    slots.release();
  }

  private static boolean isRefusal(Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof SshChannelOpenException) {
        return true;
      }
    }
    return false;
  }

  /** For a call that was not carried out, or of which that is not known. */
  BackendUnavailable lost(String during, Throwable cause) {
    return new BackendUnavailable(
        "the connection to " + target.name() + " was lost " + during + ": " + why(), cause);
  }

  @Override
  public void close() {
    end.compareAndSet(null, new SshException("it was closed"));
    sftp.close();
    session.close(false);
    session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), MOMENT);
  }

  /** All channels that the host allows are in use. */
  static final class NoChannel extends IOException {
    private static final long serialVersionUID = 1L;

    NoChannel(Target target, Duration patience) {
      super(target.name() + " had no free channel within " + Dialer.seconds(patience)
          + " s: its MaxSessions are all in use");
    }
  }
}
