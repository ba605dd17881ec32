// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc run cancel}: asks for the end of tasks. */
@Command(
    name = "cancel",
    description = {
      "Ask for the end of tasks, and return; 'hpc run poll' or 'hpc run go' tells when they have"
          + " ended.",
      "What was not submitted yet never will be, unless it is retried."
    })
final class CancelRunCommand extends NamedRunCommand {
  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TASK",
      description = "Tasks; default: all of the run.")
  private List<String> tasks = new ArrayList<>();

  CancelRunCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    print(operator.cancel(runId(), tasks));
    return status();
  }
}
