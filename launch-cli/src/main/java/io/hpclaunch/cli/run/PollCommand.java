// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import picocli.CommandLine.Command;

/** {@code hpc run poll}: asks how the jobs stand. */
@Command(
    name = "poll",
    description = "Ask the backends how the jobs of a run stand, keep it, and print it.")
final class PollCommand extends NamedRunCommand {
  PollCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    print(operator.poll(runId()));
    return status();
  }
}
