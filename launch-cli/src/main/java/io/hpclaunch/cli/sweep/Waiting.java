// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.job.Interruption;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.time.Duration;

/** Waits for the end of a sweep. */
final class Waiting {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private Waiting() {}

  static int of(SweepCommand command, SweepRun run, boolean json) throws InterruptedException {
    String goesOn =
        "sweep " + run.id() + " goes on; 'hpc sweep monitor " + run.id() + " --watch' follows it";
    return Interruption.tells(command.stderr(), goesOn, () -> {
      SweepStatus end = end(command, run);
      if (json) {
        SweepJson.print(run, end, command.stdout());
        command.stdout().flush();
      }
      boolean all = end.count(TaskState.COMPLETED) == end.size();
      if (!all) {
        command.say("sweep " + run.id() + ": " + SweepView.counts(end) + "; 'hpc sweep errors "
            + run.id() + "' tells why, 'hpc sweep resume " + run.id() + "' runs them again");
      }
      return all ? ExitStatus.OK : ExitStatus.PROBLEM;
    });
  }

  private static SweepStatus end(SweepCommand command, SweepRun run) throws InterruptedException {
    boolean terminal = command.given().installation().terminals().contains(Installation.Stream.ERR);
    try (Progress progress = new Progress(command.stderr(), terminal)) {
      SweepStatus status = run.status();
      while (status.isActive()) {
        progress.show(SweepView.counts(status));
        command.given().time().pause(INTERVAL);
        status = run.status();
      }
      return status;
    }
  }
}
