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

  @SuppressWarnings("FutureReturnValueIgnored") // what is called again and again never fails
  private synchronized void start() {
    if (timer == null) {
      ScheduledThreadPoolExecutor started = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "hpc-redis-leases");
        thread.setDaemon(true);
        return thread;
      });
      long pause = millis() / 3;
      started.scheduleWithFixedDelay(this::renew, pause, pause, TimeUnit.MILLISECONDS);
      timer = started;
    }
  }

  private void renew() {
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
      } catch (IOException | RuntimeException e) { // a timer that throws is never called again
        log.debug("The leases are not renewed", e);
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
