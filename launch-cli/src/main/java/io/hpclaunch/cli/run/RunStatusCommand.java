// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import picocli.CommandLine.Command;

/** {@code hpc run status}: where a run stands. */
@Command(
    name = "status",
    description =
        "Tell where the tasks of a run stand, as they were last polled; no backend is asked.")
final class RunStatusCommand extends NamedRunCommand {
  RunStatusCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    print(operator.status(runId()));
    return status();
  }
}
