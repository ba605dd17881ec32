// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import picocli.CommandLine.Command;

/** {@code hpc run list}: the runs that there are. */
@Command(name = "list", description = "List the runs, and how many of their tasks stand where.")
final class ListCommand extends RunCommand {
  ListCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    RunReport.print(operator.list(), isJson(), out());
    out().flush();
    return status();
  }
}
