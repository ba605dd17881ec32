// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A handle on a job, or on an element of one. */
final class JobHandle implements HPCProcess {
  private final BackendJobs jobs;
  private final Followed job;
  private final @Nullable Integer index;

  JobHandle(BackendJobs jobs, Followed job, @Nullable Integer index) {
    this.jobs = jobs;
    this.job = job;
    this.index = index;
  }

  @Override
  public JobId id() {
    JobId whole = job.record().id();
    return index == null ? whole : whole.element(index);
  }

  @Override
  public JobInfo info() {
    return index == null ? job.info() : job.info(index);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // it is of no interest when all were told
  public CompletableFuture<JobInfo> onExit() {
    CompletableFuture<JobInfo> told = new CompletableFuture<>();
    end().whenCompleteAsync((info, failure) -> tell(told, info, failure), jobs.callbacks());
    return told;
  }

  /** Each caller has a future of its own, so that a callback that lasts holds up no other. */
  private static void tell(
      CompletableFuture<JobInfo> told, @Nullable JobInfo info, @Nullable Throwable failure) {
    if (failure != null) {
      told.completeExceptionally(failure);
    } else {
      told.complete(info);
    }
  }

  private CompletableFuture<JobInfo> end() {
    return index == null ? job.end() : job.end(index);
  }

  @Override
  public JobInfo waitFor() throws InterruptedException {
    try {
      return end().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  @Override
  public Optional<JobInfo> waitFor(Duration timeout) throws InterruptedException {
    try {
      return Optional.of(end().get(nanos(timeout), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The longest durations are longer than 292 years. */
  private static long nanos(Duration timeout) {
    try {
      return timeout.toNanos();
    } catch (ArithmeticException e) {
      return timeout.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  @Override
  public void cancel() {
    jobs.cancel(List.of(id()));
  }

  @Override
  public JobLogs logs() {
    return jobs.logs(id());
  }

  @Override
  public List<HPCProcess> elements() {
    ArrayRange array = job.record().array();
    List<HPCProcess> all = new ArrayList<>();
    if (array != null && index == null) {
      for (int i = array.first(); i <= array.last(); i += array.step()) {
        all.add(new JobHandle(jobs, job, i));
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return id() + " " + info().state();
  }
}
