// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc queue}: the scheduler's own list of jobs. */
@Command(
    name = "queue",
    description = {
      "List the scheduler's queue, also jobs that were not submitted with hpc.",
      "'hpc status' tells of the jobs that were, on all backends."
    })
final class QueueCommand extends JobCommand {
  @Option(
      names = {"-a", "--all-users"},
      description = "Other users' jobs, too.")
  private boolean allUsers;

  @Option(names = "--json", description = "Print JSON: a list, with an object for each job.")
  private boolean json;

  @Option(
      names = "--watch",
      description = "Look again every two seconds, until Ctrl-C. On a terminal counts, a bar of"
          + " what has ended since, the time left and the table are redrawn; elsewhere the table is"
          + " printed again when it has changed.")
  private boolean watch;

  QueueCommand(Session session) {
    super(session);
  }

  /** A job in the queue; the names become keys. */
  record Waiting(
      String id,
      String name,
      @Nullable String user,
      JobState state,
      @Nullable String nativeState,
      @Nullable String queue,
      @Nullable String reason,
      @Nullable Instant submitted,
      @Nullable Instant started,
      @Nullable Integer nodes) {}

  @Override
  protected int run() throws InterruptedException {
    Backend asked = backend();
    if (watch) {
      boolean terminal =
          session().installation().terminals().contains(Installation.Stream.OUT) && !json;
      QueueProgress progress = new QueueProgress(session().time().now());
      return View.watch(
          () -> look(asked, terminal ? progress : null),
          terminal,
          session().time(),
          out(),
          this::tell);
    }
    out().print(look(asked, null).text());
    out().flush();
    return ExitStatus.OK;
  }

  private View look(Backend asked, @Nullable QueueProgress progress) {
    List<Waiting> jobs =
        asked.queue(!allUsers).stream().map(e -> waiting(asked.name(), e)).toList();
    String text = View.text(out -> {
      if (json) {
        Json.print(jobs, out);
      } else {
        if (progress != null) {
          Map<String, JobState> states = new LinkedHashMap<>();
          jobs.forEach(job -> states.put(job.id(), job.state()));
          progress.lines(states, session().time().now()).forEach(out::println);
        }
        print(jobs, out);
      }
    });
    return new View(text, List.of(), jobs, false, ExitStatus.OK);
  }

  private static Waiting waiting(String backend, QueueReporter.Entry job) {
    return new Waiting(
        new JobId(backend, job.id()).toString(),
        job.name(),
        job.user(),
        job.state(),
        job.nativeState(),
        job.queue(),
        job.reason(),
        job.submitted(),
        job.started(),
        job.nodes());
  }

  private static void print(List<Waiting> jobs, PrintWriter out) {
    Table table = new Table(
        "ID", "NAME", "USER", "STATE", "QUEUE", "NODES", "SUBMITTED", "STARTED", "REASON");
    for (Waiting job : jobs) {
      table.row(
          job.id(),
          job.name(),
          job.user(),
          job.state(),
          job.queue(),
          job.nodes(),
          Times.shown(job.submitted()),
          Times.shown(job.started()),
          job.reason());
    }
    table.print(out);
  }
}
