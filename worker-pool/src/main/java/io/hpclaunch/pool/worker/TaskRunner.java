// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;

/** Runs tasks of one kind. */
interface TaskRunner {
  /**
   * How a task ended.
   *
   * @param outcome how
   * @param value what it gave
   * @param isFailure whether that is a {@link io.hpclaunch.pool.wire.Failure}
   */
  record Ending(Outcome outcome, Payload value, boolean isFailure) {}

  /**
   * Runs a task to its end, on this thread.
   *
   * @throws RefusedException when it cannot be begun
   * @throws CutShortException when it was ended together with this worker
   * @throws InterruptedException when it was cancelled
   * @throws java.io.IOException when its input or its result cannot be moved
   */
  Ending run(Held task)
      throws RefusedException, CutShortException, InterruptedException, java.io.IOException;

  /** A task did not end by itself: somebody begins it again. */
  final class CutShortException extends Exception {
    private static final long serialVersionUID = 1L;

    CutShortException() {
      super("it was ended with its worker");
    }
  }

  /** A task cannot be begun here, nor anywhere else. */
  final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    RefusedException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
