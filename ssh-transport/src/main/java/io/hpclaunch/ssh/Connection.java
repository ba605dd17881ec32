// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.BackendUnavailable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The one connection to a host: made when it is first needed, and made again when it is needed and
 * was lost. After a failure the host is left alone for a while, the longer the more there were: an
 * account that knocks too often is locked.
 */
final class Connection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final Target target;
  private final Dialer dialer;
  private final Backoff backoff;
  private @Nullable Link link;
  private String failure = "";
  private boolean closed;

  Connection(Target target, Dialer dialer) {
    this(target, dialer, new Backoff(System::nanoTime));
  }

  Connection(Target target, Dialer dialer, Backoff backoff) {
    this.target = target;
    this.dialer = dialer;
    this.backoff = backoff;
  }

  Target target() {
    return target;
  }

  /**
   * The connection. Those who ask while one is being made wait for it.
   *
   * @throws BackendUnavailable when there is none to be had now
   */
  synchronized Link link() {
    if (closed) {
      throw new BackendUnavailable("the connection to " + target.name() + " was closed");
    }
    if (link != null && link.isAlive()) {
      return link;
    }
    long left = backoff.left().toMillis();
    if (left > 0) {
      throw new BackendUnavailable(
          failure + "; it is tried again in " + (left + 999) / 1000 + " s at the earliest");
    }
    boolean again = link != null || backoff.failures() > 0;
    link = null;
    try {
      link = new Link(target, dialer.dial(target), () -> dialer.dial(target), this::lost);
    } catch (BackendUnavailable e) {
      backoff.failed();
      failure = String.valueOf(e.getMessage());
      // The first one is the caller's to tell.
      log.atLevel(backoff.failures() == 1 ? Level.INFO : Level.WARN)
          .log("{}; next try in {} s", failure, backoff.pause().toSeconds());
      throw e;
    }
    backoff.succeeded();
    if (again) {
      log.warn("{} is reached again", target.name());
    }
    return link;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Told by the connection itself. */
  private void lost(String why) {
    boolean ours;
    synchronized (this) {
      ours = closed;
    }
    if (!ours) {
      log.warn("The connection to {} was lost: {}", target.name(), why);
    }
  }

  @Override
  public void close() {
    Link last;
    synchronized (this) {
      closed = true;
      last = link;
      link = null;
    }
    if (last != null) {
      last.close();
    }
    dialer.close();
  }
}
