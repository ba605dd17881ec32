// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import io.hpclaunch.operator.RunStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code hpc run prepare}: makes a run's folder. */
@Command(
    name = "prepare",
    description = {
      "Make the folder of a run from a YAML file of tasks, and print the run's id.",
      "Input files are looked at and hashed; nothing is run. Called again with the same file it"
          + " changes nothing."
    })
final class PrepareCommand extends RunCommand {
  @Parameters(paramLabel = "FILE", description = "A YAML file of tasks.")
  private String file = "";

  @Mixin
  private final FileOptions options = new FileOptions();

  PrepareCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    RunStatus status = operator.prepare(read(file, options));
    if (isJson()) {
      print(status);
    } else {
      out().println(status.run());
      out().flush();
    }
    return status();
  }
}
