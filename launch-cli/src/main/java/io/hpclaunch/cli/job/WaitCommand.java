// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc wait}: waits for the end of jobs. */
@Command(
    name = "wait",
    description = {
      "Wait for the end of jobs.",
      "The exit status for one job is its own; 128+n after signal n, 124 after its walltime, 130"
          + " when it was cancelled, 1 when its end is not known. For several jobs, and for an"
          + " array, it is 0 if all have completed, else 1. Standard error names those that have"
          + " not.",
      "Ctrl-C ends the waiting, with status 130, and no job."
    })
final class WaitCommand extends JobCommand {
  @Parameters(paramLabel = "ID", arity = "1..*", description = "Jobs, or elements: ID/INDEX.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Wait no longer than this, such as 90s or 1h30m; then the status is 124, and"
          + " the jobs go on.")
  private @Nullable String timeout;

  WaitCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    Duration limit = timeout == null ? null : Times.duration("--timeout", timeout);
    List<JobId> jobs = finder().resolve(ids);
    JobObserver.Observed seen = JobObserver.observe(runtime(), jobs);
    seen.problems().forEach(this::tell);
    seen.unknown().forEach(id -> tell(JobFinder.NoSuchJob.message(id)));
    if (!seen.unknown().isEmpty()) {
      return ExitStatus.NO_SUCH_JOB;
    }
    if (seen.reports().size() < jobs.size()) {
      return seen.status();
    }
    seen.reports().stream()
        .filter(job -> job.info().state() == JobState.UNKNOWN)
        .forEach(job -> tell(job.id() + " is not known to go on: " + job.info().reason()));
    List<JobId> open = seen.reports().stream()
        .filter(job -> !job.info().state().isFinal())
        .map(JobReport::id)
        .toList();
    String goesOn = open.size() == 1
        ? open.get(0) + " goes on; 'hpc wait " + open.get(0) + "' waits again"
        : "the jobs go on; 'hpc wait' with their ids waits again";
    return Interruption.tells(err(), goesOn, () -> {
      List<HPCProcess> followed = attach(open);
      return ended(followed, limit) ? told(jobs, followed) : timedOut(followed);
    });
  }

  private List<HPCProcess> attach(List<JobId> open) {
    List<HPCProcess> followed = new ArrayList<>();
    for (JobId job : open) {
      followed.add(runtime().backend(job.backend()).attach(job));
    }
    return followed;
  }

  /** Waits; false when the limit came first. */
  private boolean ended(List<HPCProcess> open, @Nullable Duration limit)
      throws InterruptedException {
    try (Progress progress = new Progress(
        err(), session().installation().terminals().contains(Installation.Stream.ERR))) {
      AtomicInteger left = new AtomicInteger(open.size());
      List<CompletableFuture<?>> ends = new ArrayList<>();
      for (HPCProcess job : open) {
        ends.add(job.onExit().whenComplete((info, error) -> {
          progress.show("waiting, " + left.decrementAndGet() + " of " + open.size() + " left");
        }));
      }
      progress.show("waiting for " + open.size() + (open.size() == 1 ? " job" : " jobs"));
      CompletableFuture<?> all = CompletableFuture.allOf(ends.toArray(CompletableFuture<?>[]::new));
      if (limit == null) {
        all.get();
      } else {
        all.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HpcException ours ? ours : new IllegalStateException(e);
    }
  }

  private int timedOut(List<HPCProcess> open) {
    for (HPCProcess job : open) {
      if (!job.onExit().isDone()) {
        tell(job.id() + " has not ended after " + timeout + " and goes on");
      }
    }
    return ExitStatus.TIMED_OUT;
  }

  private int told(List<JobId> jobs, List<HPCProcess> open) {
    List<JobReport> ends = new ArrayList<>();
    for (JobReport job : JobObserver.observe(runtime(), jobs).reports()) {
      ends.add(withEnd(job, open));
    }
    for (JobReport end : ends) {
      if (JobEnd.status(List.of(end)) != ExitStatus.OK) {
        tell(JobEnd.sentence(end));
      }
    }
    return ends.size() == 1 ? JobEnd.status(ends.get(0)) : JobEnd.status(ends);
  }

  /** The end that was waited for counts; what was read beside it tells the elements. */
  private static JobReport withEnd(JobReport job, List<HPCProcess> open) {
    for (HPCProcess process : open) {
      if (process.id().equals(job.id())) {
        return new JobReport(job.id(), job.known(), process.onExit().join());
      }
    }
    return job;
  }
}
