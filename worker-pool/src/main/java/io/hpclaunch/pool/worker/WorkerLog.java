// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What a worker says of itself goes to its standard error, which is the batch job's. */
final class WorkerLog {
  private WorkerLog() {}

  static void say(String what) {
    System.err.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + what);
  }
}
