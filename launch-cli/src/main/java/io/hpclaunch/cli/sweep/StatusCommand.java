// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Signals;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep status}. */
@Command(
    name = "status",
    description = {
      "Tell where the tasks of a sweep stand.",
      "Asks the scheduler once, whatever the number of tasks."
    })
final class StatusCommand extends SweepCommand {
  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(names = "--tasks", description = "A line for each task.")
  private boolean tasks;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    SweepRun run = open(id);
    SweepStatus status = run.status();
    tellRegister(run);
    if (json) {
      SweepJson.print(run, status, out());
    } else if (tasks) {
      table(status);
    } else {
      SweepView.print(run, status, session().time().now(), out());
    }
    return ExitStatus.OK;
  }

  /** The exit code, or the signal. */
  private static @Nullable Object exit(@Nullable JobInfo info) {
    if (info == null || info.signal() == null) {
      return info == null ? null : info.exitCode();
    }
    return Signals.name(info.signal());
  }

  private void table(SweepStatus status) {
    Table table = new Table("TASK", "STATE", "EXIT", "STARTED", "ENDED", "NODE", "REASON");
    for (int task = 1; task <= status.size(); task++) {
      JobInfo info = status.info(task);
      table.row(
          task,
          status.state(task),
          exit(info),
          info == null ? null : info.started(),
          info == null ? null : info.ended(),
          info == null || info.nodes() == null ? null : String.join(",", info.nodes()),
          info == null ? null : info.reason());
    }
    table.print(out());
  }
}
