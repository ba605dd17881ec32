// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this client holds for as long as it lives: its journals, and jobs that it is removing. The
 * server lets go of them when nothing was heard for a while; its clock decides, and no client's.
 */
final class Leases implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  /**
   * How often leases are renewed in their length. A server that does not answer is waited for as
   * long as {@link RedisLink} does, so that the first renewal has to begin early.
   */
  private static final int RENEWALS = 5;

  /** How often what was not renewed is tried again in that length. */
  private static final int TRIALS = 30;

  private final RedisLink link;
  private final Duration length;
  private final Object renewing = new Object();
  private final String holder = UUID.randomUUID().toString();

  /** What stands in each lease that is held. */
  private final Map<String, String> held = new ConcurrentHashMap<>();

  private @Nullable ScheduledExecutorService timer;

  Leases(RedisLink link, Duration length) {
    this.link = link;
    this.length = length;
  }

  /** What stands in the leases of this client's journals. */
  String holder() {
    return holder;
  }

  long millis() {
    return length.toMillis();
  }

  /** Keeps a lease from here on, in which a value stands that only its holder knows. */
  void keep(String key, String value) {
    if (held.put(key, value) == null) {
      start();
    }
  }

  /** Lets go of a lease. Nobody renews it any more when this returns: it may be given back. */
  void letGo(String key) {
    synchronized (renewing) {
      held.remove(key);
    }
  }

  private synchronized void start() {
    if (timer == null) {
      timer = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "hpc-redis-leases");
        thread.setDaemon(true);
        return thread;
      });
      renewIn(millis() / RENEWALS);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is called renews the call, and never fails
  private synchronized void renewIn(long millis) {
    if (timer != null) {
      timer.schedule(
          () -> renewIn(millis() / (renew() ? RENEWALS : TRIALS)), millis, TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the server has heard of this client. */
  private boolean renew() {
    synchronized (renewing) {
      List<String> keys = new ArrayList<>();
      List<Object> arguments = new ArrayList<>();
      arguments.add(millis());
      held.forEach((key, value) -> {
        keys.add(key);
        arguments.add(value);
      });
      try {
        if (!keys.isEmpty()) {
          link.run(Script.RENEW, keys, arguments);
        }
        return true;
      } catch (IOException | RuntimeException e) { // a timer that throws is never called again
        log.debug("The leases are not renewed", e);
        return false;
      }
    }
  }

  @Override
  public synchronized void close() {
    if (timer != null) {
      timer.shutdownNow();
      timer = null;
    }
  }
}
