// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.time.Duration;
import java.time.Instant;

/** The present, and the time that passes between two looks at it. */
public interface Time {
  /** The system's. */
  Time SYSTEM = new Time() {
    @Override
    public Instant now() {
      return Instant.now();
    }

    @Override
    public void pause(Duration length) throws InterruptedException {
      Thread.sleep(length.toMillis());
    }
  };

  /**
   * The present.
   *
   * @return the instant
   */
  Instant now();

  /**
   * Lets time pass.
   *
   * @param length how much
   * @throws InterruptedException when the thread is interrupted
   */
  void pause(Duration length) throws InterruptedException;
}
