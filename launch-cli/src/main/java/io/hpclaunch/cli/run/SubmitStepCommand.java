// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import picocli.CommandLine.Command;

/** {@code hpc run submit}: submits what is ready. */
@Command(
    name = "submit",
    description = {
      "Upload the files of tasks that are ready, and submit them, each once.",
      "Called again it submits what has become ready since. Prints where the tasks stand."
    })
final class SubmitStepCommand extends NamedRunCommand {
  SubmitStepCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    print(operator.submit(runId()));
    return status();
  }
}
