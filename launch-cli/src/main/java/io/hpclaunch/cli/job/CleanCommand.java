// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.OneLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc clean}: removes what is left of jobs that ended long ago. */
@Command(
    name = "clean",
    description = {
      "Remove the folders and the records of jobs that have ended.",
      "Afterwards nothing tells of them any more. Outputs at places that a job named are left"
          + " alone; what a cluster keeps itself, as Kubernetes does, is removed there, with the"
          + " logs. With -b, only that backend's jobs are removed."
    })
final class CleanCommand extends JobCommand {
  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      required = true,
      description = "Jobs that ended longer ago than this, such as 30d or 12h.")
  private String olderThan = "";

  @Option(names = "--dry-run", description = "Say what would be removed, and remove nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print JSON: a list, with an object for each job.")
  private boolean json;

  CleanCommand(Session session) {
    super(session);
  }

  /** What became of a job; the names become keys. */
  record Cleaned(
      String id,
      String name,
      Instant ended,
      String folder,
      boolean removed,
      @Nullable String problem) {}

  @Override
  protected int run() {
    Instant limit = session().time().now().minus(Times.duration("--older-than", olderThan));
    JobObserver.settle(runtime()).forEach(this::tell);
    JobRegister.Listing active = runtime().jobs().active(); // some ended and nobody has looked
    JobObserver.refresh(runtime(), active.jobs()).problems().forEach(this::tell);
    JobRegister.Listing ended = runtime().jobs().ended(Instant.EPOCH);
    ended.damaged().forEach(this::tell);
    String wanted = backendName() == null ? null : backend().name();
    List<KnownJob> old = new ArrayList<>();
    for (KnownJob job : ended.jobs()) {
      if ((wanted == null || job.id().backend().equals(wanted)) && end(job).isBefore(limit)) {
        old.add(job);
      }
    }
    List<Cleaned> cleaned = clean(old);
    print(cleaned);
    boolean well = cleaned.stream().allMatch(job -> job.problem() == null);
    return well ? ExitStatus.OK : ExitStatus.PROBLEM;
  }

  private List<Cleaned> clean(List<KnownJob> jobs) {
    List<Cleaned> cleaned = new ArrayList<>();
    try (Progress progress = new Progress(
        err(), session().installation().terminals().contains(Installation.Stream.ERR))) {
      for (KnownJob job : jobs) {
        progress.show("removing " + (cleaned.size() + 1) + " of " + jobs.size());
        cleaned.add(clean(job));
      }
    }
    return cleaned;
  }

  /** One that cannot be removed keeps no other. */
  private Cleaned clean(KnownJob job) {
    String problem = null;
    if (!dryRun) {
      try {
        runtime().backend(job.id().backend()).clean(job.id());
      } catch (HpcException e) {
        problem = String.valueOf(e.getMessage());
        tell(problem);
      }
    }
    boolean removed = !dryRun && problem == null;
    return new Cleaned(
        job.id().toString(), job.name(), end(job), job.jobDirectory(), removed, problem);
  }

  /** Where nobody told when it ended, it ended after it was submitted. */
  private static Instant end(KnownJob job) {
    Instant ended = job.info().ended();
    return ended == null ? job.submitted() : ended;
  }

  private void print(List<Cleaned> jobs) {
    if (json) {
      Json.print(jobs, out());
    } else {
      for (Cleaned job : jobs) {
        if (job.problem() == null) {
          out()
              .println((dryRun ? "would remove " : "removed ") + job.id() + " "
                  + OneLine.of(job.name()) + ", ended " + Times.shown(job.ended()));
        }
      }
    }
    out().flush();
  }
}
