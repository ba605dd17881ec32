// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.sweep.SweepRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep cancel}. */
@Command(
    name = "cancel",
    description = {
      "End all tasks of a sweep that wait or run.",
      "'hpc sweep resume' runs them again."
    })
final class CancelCommand extends SweepCommand {
  @Parameters(paramLabel = "ID", description = "The sweep: its name, or a path to its folder.")
  private String id = "";

  CancelCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    SweepRun run = open(id);
    int active = run.cancel();
    tell(
        active == 0
            ? "no task of " + run.id() + " waits or runs"
            : active + (active == 1 ? " task is" : " tasks are") + " asked to end");
    return ExitStatus.OK;
  }
}
