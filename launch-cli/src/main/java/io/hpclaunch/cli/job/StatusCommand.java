// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc status}: where jobs stand. */
@Command(
    name = "status",
    description = {
      "Tell where jobs stand.",
      "Without ids: the jobs that have not ended, and those that ended within the last day."
          + " Each backend is asked once for all its jobs; where one cannot be asked, its jobs"
          + " are shown as they were last seen, and standard error says why.",
      "Ids of jobs may be cut short as long as no other job begins with the same. With --json an"
          + " array is a list of its elements; else it is one line, with how many are done."
    })
final class StatusCommand extends JobCommand {
  private static final Duration DAY = Duration.ofDays(1);

  @Parameters(paramLabel = "ID", arity = "0..*", description = "Jobs, or elements: ID/INDEX.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All jobs that the state folder remembers.")
  private boolean all;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Jobs that have ended since then: a time, such as 2025-03-01T14:30, or how long"
          + " ago, such as 2h or 7d.")
  private @Nullable String since;

  @Option(names = "--elements", description = "A line for each element of an array.")
  private boolean elements;

  @Option(names = "--json", description = "Print JSON: a list, with an object for each job.")
  private boolean json;

  @Option(
      names = "--watch",
      description = "Look again every two seconds, until the jobs named have ended. On a terminal"
          + " the table is redrawn; elsewhere it is printed again when a state has changed.")
  private boolean watch;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    if (all && since != null) {
      throw wrong("--all and --since: give one of them");
    }
    if (!ids.isEmpty() && (all || since != null)) {
      throw wrong("--all and --since choose among all jobs: leave out the ids");
    }
    if (watch) {
      boolean terminal =
          session().installation().terminals().contains(Installation.Stream.OUT) && !json;
      return View.watch(this::look, terminal, session().time(), out(), this::tell);
    }
    View view = look();
    out().print(view.text());
    out().flush();
    view.problems().forEach(this::tell);
    return view.status();
  }

  private View look() {
    return ids.isEmpty() ? lookAround() : view(observeNamed(), List.of());
  }

  private JobObserver.Observed observeNamed() {
    List<JobId> named = finder().resolve(ids);
    return JobObserver.observe(runtime(), named);
  }

  private View lookAround() {
    List<String> problems = new ArrayList<>(JobObserver.settle(runtime()));
    JobRegister jobs = runtime().jobs();
    Instant now = session().time().now();
    JobRegister.Listing active = jobs.active();
    JobRegister.Listing ended = jobs.ended(earliest(now));
    Map<JobId, KnownJob> found = new LinkedHashMap<>();
    String wanted = backendName() == null ? null : backend().name();
    for (JobRegister.Listing listing : List.of(ended, active)) {
      for (KnownJob job : listing.jobs()) {
        if (wanted == null || job.id().backend().equals(wanted)) {
          found.putIfAbsent(job.id(), job); // one that ended in between stands in both
        }
      }
    }
    List<KnownJob> sorted = new ArrayList<>(found.values());
    sorted.sort(Comparator.comparing(KnownJob::submitted));
    Set<String> damaged = new LinkedHashSet<>(active.damaged());
    damaged.addAll(ended.damaged());
    problems.addAll(damaged);
    JobObserver.Observed seen = JobObserver.refresh(runtime(), sorted);
    boolean isWhole = damaged.isEmpty() || seen.status() != ExitStatus.OK;
    return view(isWhole ? seen : seen.withStatus(ExitStatus.PROBLEM), problems);
  }

  private Instant earliest(Instant now) {
    if (all) {
      return Instant.EPOCH;
    }
    String text = since;
    return text == null ? now.minus(DAY) : Times.since(text, now, ZoneId.systemDefault());
  }

  private View view(JobObserver.Observed seen, List<String> before) {
    List<String> problems = new ArrayList<>(before);
    problems.addAll(seen.problems());
    seen.unknown().forEach(id -> problems.add(JobFinder.NoSuchJob.message(id)));
    int status = seen.unknown().isEmpty() ? seen.status() : ExitStatus.NO_SUCH_JOB;
    List<JobReport> shown = seen.reports();
    List<Object> key = new ArrayList<>();
    shown.forEach(job -> key.add(List.of(job.id(), JobTable.state(job))));
    boolean allEnded =
        !ids.isEmpty() && shown.stream().allMatch(j -> j.info().state().isFinal());
    boolean isNothing = !ids.isEmpty() && shown.isEmpty() && !json;
    return new View(isNothing ? "" : text(shown), problems, key, allEnded, status);
  }

  private String text(List<JobReport> jobs) {
    if (json) {
      List<Map<String, @Nullable Object>> objects =
          jobs.stream().flatMap(job -> JobObject.each(job).stream()).toList();
      return View.text(out -> Json.print(objects, out));
    }
    List<JobReport> rows = jobs.stream()
        .flatMap(job -> elements && job.array() != null ? job.elements().stream() : Stream.of(job))
        .toList();
    return View.text(out -> JobTable.print(rows, session().time().now(), out));
  }
}
