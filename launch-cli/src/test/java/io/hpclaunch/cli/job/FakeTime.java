// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.cli.Time;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * Time that passes in steps: each pause lets the next thing happen, the last one ends the watch.
 */
final class FakeTime implements Time {
  static final Instant START = Instant.parse("2025-03-01T12:00:00Z");

  private final Deque<Runnable> steps = new ArrayDeque<>();
  private Instant now = START;

  FakeTime then(Runnable... next) {
    steps.addAll(Arrays.asList(next));
    return this;
  }

  void at(Instant instant) {
    now = instant;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public void pause(Duration length) throws InterruptedException {
    now = now.plus(length);
    Runnable step = steps.poll();
    if (step == null) {
      throw new InterruptedException("Ctrl-C");
    }
    step.run();
  }
}
