// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.View;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep monitor}. */
@Command(
    name = "monitor",
    description = {
      "Show how far a sweep has come: counts, a bar, throughput, the time left, the running tasks, the latest failures."
    })
final class MonitorCommand extends SweepCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "0..1",
      description = "The sweep: its name, or a path to its folder; default: the youngest.")
  private @Nullable String id;

  @Option(names = "--sweep-id", paramLabel = "ID", description = "The same, as an option.")
  private @Nullable String sweepId;

  @Option(
      names = "--watch",
      description = "Look again every two seconds until all tasks have ended, or Ctrl-C. On a"
          + " terminal it is redrawn; elsewhere a line is printed when the counts have changed.")
  private boolean watch;

  MonitorCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    if (id != null && sweepId != null && !id.equals(sweepId)) {
      throw wrong("two sweeps are named, " + id + " and " + sweepId + ": monitor shows one");
    }
    SweepRun run = openOrLast(id == null ? sweepId : id);
    tellRegister(run);
    if (!watch) {
      SweepView.print(run, run.status(), session().time().now(), out());
      return ExitStatus.OK;
    }
    boolean terminal = session().installation().terminals().contains(Installation.Stream.OUT);
    return View.watch(() -> look(run, terminal), terminal, session().time(), out(), this::tell);
  }

  private View look(SweepRun run, boolean terminal) {
    SweepStatus status = run.status();
    String counts = SweepView.counts(status);
    String text = View.text(out -> {
      if (terminal) {
        SweepView.print(run, status, session().time().now(), out);
      } else {
        out.println(run.id() + ": " + counts);
      }
    });
    return new View(text, List.of(), counts, !status.isActive(), ExitStatus.OK);
  }
}
