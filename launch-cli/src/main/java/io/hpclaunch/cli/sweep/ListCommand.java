// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc sweep list}. */
@Command(
    name = "list",
    description = {"List the sweeps of a folder, and where they stand."})
final class ListCommand extends SweepCommand {

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  ListCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    List<SweepJson.Told> told = new ArrayList<>();
    Table table = new Table(
        "ID",
        "CREATED",
        "BACKEND",
        "TASKS",
        "COMPLETED",
        "FAILED",
        "RUNNING",
        "PENDING",
        "MISSING");
    for (SweepRun run : SweepRun.all(sweeps(), runtime())) {
      SweepStatus status = run.status();
      told.add(SweepJson.of(run, status, false));
      table.row(
          run.id(),
          run.created().truncatedTo(ChronoUnit.SECONDS),
          String.join(",", run.backends()),
          run.count(),
          status.count(TaskState.COMPLETED),
          status.count(TaskState.FAILED) + status.count(TaskState.LOST),
          status.count(TaskState.RUNNING),
          status.count(TaskState.PENDING),
          status.count(TaskState.MISSING) + status.count(TaskState.CANCELLED));
    }
    if (json) {
      Json.print(told, out());
    } else {
      table.print(out());
    }
    return ExitStatus.OK;
  }
}
