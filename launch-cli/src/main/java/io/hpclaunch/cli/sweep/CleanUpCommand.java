// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.sweep.SweepRun;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc sweep cleanup}. */
@Command(
    name = "cleanup",
    description = {
      "Remove the folders of sweeps that have ended, and what is remembered of their jobs."
    })
final class CleanUpCommand extends SweepCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "1..*",
      description = "The sweeps: names, or paths to their folders.")
  private List<String> ids = new ArrayList<>();

  CleanUpCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    List<SweepRun> runs = ids.stream().map(this::open).toList();
    for (SweepRun run : runs) {
      run.cleanUp();
      out().println("removed " + run.folder());
    }
    return ExitStatus.OK;
  }
}
