// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import picocli.CommandLine.Command;

/** {@code hpc run collect}: brings results. */
@Command(
    name = "collect",
    description = {
      "Bring the results of tasks that have ended, well or badly.",
      "They go to runs/RUN/tasks/TASK/attempts/N/results: what download_patterns select, and always"
          + " exit_code, stdout.log and stderr.log. 'hpc run poll' tells which have ended."
    })
final class CollectCommand extends NamedRunCommand {
  CollectCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    print(operator.collect(runId()));
    return status();
  }
}
