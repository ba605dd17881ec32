// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.Failure;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends tasks that run too long. */
final class TimeLimits {
  private static final Timer NONE = new Timer();

  /** Code that is interrupted needs a moment to end. */
  private static final Duration TO_HEED = Duration.ofSeconds(5);

  private final ScheduledExecutorService clock;

  TimeLimits(ScheduledExecutorService clock) {
    this.clock = clock;
  }

  /** Does something when a time is over, unless it is closed before. */
  Timer start(@Nullable Duration limit, Runnable action) {
    return start(limit, action, () -> {});
  }

  /** Does something when a time is over, and more when that did not help, unless it is closed. */
  Timer start(@Nullable Duration limit, Runnable action, Runnable unheeded) {
    if (limit == null) {
      return NONE;
    }
    Timer timer = new Timer();
    timer.scheduled = List.of(
        schedule(limit, () -> timer.expire(action)),
        schedule(limit.plus(TO_HEED), () -> timer.expire(unheeded)));
    return timer;
  }

  private ScheduledFuture<?> schedule(Duration delay, Runnable action) {
    return clock.schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How a task ended whose time was over. */
  static TaskRunner.Ending ending(String what, Held task) {
    Duration limit = Objects.requireNonNull(task.task().limit());
    String seconds =
        BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString();
    Failure failure = Failure.of(what + " ran into its limit of " + seconds + " s");
    return new TaskRunner.Ending(Outcome.TIMED_OUT, new Payload.Inline(failure.encode()), true);
  }

  /** One task's time. */
  static final class Timer implements AutoCloseable {
    private List<ScheduledFuture<?>> scheduled = List.of();
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
      scheduled.forEach(each -> each.cancel(false));
    }
  }
}
