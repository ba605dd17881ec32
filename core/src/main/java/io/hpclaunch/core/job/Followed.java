// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.Observations;
import java.time.Instant;
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
  private JobRecord record;
  private JobInfo shown;
  private @Nullable Map<Integer, CompletableFuture<JobInfo>> elementEnds;

  /**
   * Begins to follow a job.
   *
   * @param record what is known of it
   */
  Followed(JobRecord record) {
    this.record = record;
    this.shown = record.last().info();
    if (record.isFinal()) {
      end.complete(shown);
    }
  }

  synchronized JobRecord record() {
    return record;
  }

  synchronized void askedToEnd(Instant at) {
    record = record.withCancelAsked(at);
  }

  synchronized JobInfo info() {
    return shown;
  }

  synchronized JobInfo info(int index) {
    Observations known = record.elements().get(index);
    if (known != null) {
      return known.info();
    }
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
    boolean corrected = verdict.record().last().corrected() && !record.last().corrected();
    record = verdict.record();
    shown = verdict.shown();
    if (corrected) {
      log.warn("Job {} was told as lost; it is {}", record.id(), shown.state());
    }
    if (record.isFinal()) {
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
        "the runtime was closed; job " + record.id() + " goes on and can be attached to");
    end.completeExceptionally(why);
    if (elementEnds != null) {
      elementEnds.values().forEach(future -> future.completeExceptionally(why));
    }
  }
}
