// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.pool.PoolStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc pool scale}: more workers, or fewer. */
@Command(
    name = "scale",
    description = {
      "Change how many workers a pool is to have, until it is deleted.",
      "For those that are missing a job is submitted. Those that are too many, of the youngest job"
          + " first, end the tasks that they have begun, and go."
    })
final class ScaleCommand extends PoolCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The pool, or default.")
  private String name = "";

  @Parameters(index = "1", paramLabel = "WORKERS", description = "How many; at least 1.")
  private int workers;

  ScaleCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    if (workers < 1) {
      throw wrong("a pool has at least one worker, not " + workers
          + "; 'hpc pool delete' ends all of them");
    }
    PoolStatus status = pools().scale(name, workers);
    PoolView.printAsTold(status, out());
    out().flush();
    return ExitStatus.OK;
  }
}
