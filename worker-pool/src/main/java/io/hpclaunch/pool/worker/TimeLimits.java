// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends tasks that run too long. */
final class TimeLimits {
  private static final Timer NONE = new Timer();

  private final ScheduledExecutorService clock;

  TimeLimits(ScheduledExecutorService clock) {
    this.clock = clock;
  }

  /** Does something when a time is over, unless it is closed before. */
  Timer start(@Nullable Duration limit, Runnable action) {
    if (limit == null) {
      return NONE;
    }
    Timer timer = new Timer();
    timer.scheduled =
        clock.schedule(() -> timer.expire(action), limit.toMillis(), TimeUnit.MILLISECONDS);
    return timer;
  }

  /** One task's time. */
  static final class Timer implements AutoCloseable {
    private @Nullable ScheduledFuture<?> scheduled;
    private boolean closed;
    private boolean over;

    private synchronized void expire(Runnable action) {
      if (!closed) {
        over = true;
        action.run();
      }
    }

    /** Whether the time was over before the task was. */
    synchronized boolean isOver() {
      return over;
    }

    @Override
    public synchronized void close() {
      closed = true;
      if (scheduled != null) {
        scheduled.cancel(false);
      }
    }
  }
}
