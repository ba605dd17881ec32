// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.job.ShortIds;
import io.hpclaunch.cli.output.OneLine;
import io.hpclaunch.cli.output.Spans;
import io.hpclaunch.pool.PoolStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Tells somebody who waits for workers what these wait for. */
final class ColdStart implements AutoCloseable {
  private final Progress progress;
  private final Instant begun = Instant.now();

  ColdStart(Progress progress) {
    this.progress = progress;
  }

  void show(PoolStatus pool) {
    progress.show("waiting for workers of " + pool.name() + ": "
        + pool.count(PoolStatus.State.READY) + " of " + pool.wanted() + jobs(pool) + ", "
        + Spans.words(Duration.between(begun, Instant.now())));
  }

  private static String jobs(PoolStatus pool) {
    for (PoolStatus.Job job : pool.jobs()) {
      JobInfo info = job.info();
      if (info != null && job.isAlive()) {
        String state = info.state().name().toLowerCase(Locale.ROOT);
        String reason = info.reason() == null ? "" : " (" + OneLine.of(info.reason()) + ")";
        return ", " + ShortIds.in(job.id().toString()) + " " + state + reason;
      }
    }
    return "";
  }

  /** Nothing is waited for any more. */
  void clear() {
    progress.clear();
  }

  @Override
  public void close() {
    progress.close();
  }
}
