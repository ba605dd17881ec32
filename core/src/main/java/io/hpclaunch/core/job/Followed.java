// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.CancelWish;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.Observations;
import io.hpclaunch.core.store.WholeJob;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job that this client follows: what is known of it, and who waits for its end. */
final class Followed {
  private static final Logger log = LoggerFactory.getLogger(Followed.class);

  private final CompletableFuture<JobInfo> end = new CompletableFuture<>();
  private WholeJob job;
  private JobInfo shown;
  private @Nullable Map<Integer, CompletableFuture<JobInfo>> elementEnds;

  /**
   * Begins to follow a job.
   *
   * @param job what is known of it
   */
  Followed(WholeJob job) {
    this.job = job;
    this.shown = job.record().last().info();
    if (job.record().isFinal()) {
      end.complete(shown);
    }
  }

  synchronized JobRecord record() {
    return job.record();
  }

  synchronized WholeJob job() {
    return job;
  }

  synchronized void askedToEnd(@Nullable Integer index) {
    job = job.with(job.record().withWish(CancelWish.of(index)));
  }

  synchronized JobInfo info() {
    return shown;
  }

  synchronized JobInfo info(int index) {
    return element(job, index);
  }

  /** An element of which nothing was seen is queued, or ended as the whole did. */
  static JobInfo element(WholeJob job, int index) {
    Observations known = job.elements().get(index);
    if (known != null) {
      return known.info();
    }
    JobRecord record = job.record();
    return JobInfo.builder(record.isFinal() ? record.last().info().state() : JobState.QUEUED)
        .submitted(record.submitted())
        .build();
  }

  /**
   * Completed by the monitor: nothing of the user's may depend on it but what is told elsewhere.
   */
  CompletableFuture<JobInfo> end() {
    return end;
  }

  /** The end of an element. */
  synchronized CompletableFuture<JobInfo> end(int index) {
    if (elementEnds == null) {
      elementEnds = new HashMap<>();
    }
    return elementEnds.computeIfAbsent(index, i -> {
      CompletableFuture<JobInfo> future = new CompletableFuture<>();
      if (info(i).state().isFinal()) {
        future.complete(info(i));
      }
      return future;
    });
  }

  /**
   * Takes a verdict in, and tells those who wait.
   *
   * @return whether the job has made a step
   */
  synchronized boolean update(Judge.Verdict verdict) {
    boolean step = !shown.equals(verdict.shown());
    boolean corrected =
        verdict.record().last().corrected() && !job.record().last().corrected();
    job = verdict.job();
    shown = verdict.shown();
    if (corrected) {
      log.warn("Job {} was told as lost; it is {}", job.record().id(), shown.state());
    }
    if (job.record().isFinal()) {
      end.complete(shown);
    }
    tellElements();
    return step;
  }

  private void tellElements() {
    if (elementEnds == null) {
      return;
    }
    elementEnds.forEach((index, future) -> {
      JobInfo info = info(index);
      if (info.state().isFinal()) {
        future.complete(info);
      }
    });
  }

  /** Tells those who wait that nobody looks any more. */
  synchronized void stop() {
    IllegalStateException why = new IllegalStateException(
        "the runtime was closed; job " + job.record().id() + " goes on and can be attached to");
    end.completeExceptionally(why);
    if (elementEnds != null) {
      elementEnds.values().forEach(future -> future.completeExceptionally(why));
    }
  }
}
