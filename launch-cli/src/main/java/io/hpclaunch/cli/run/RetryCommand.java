// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.Walltimes;
import io.hpclaunch.cli.Session;
import io.hpclaunch.operator.ComputeOperator;
import io.hpclaunch.operator.RetryRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc run retry}: prepares new attempts. */
@Command(
    name = "retry",
    description = {
      "Prepare a new attempt at tasks that have failed or were cancelled; 'hpc run go' or 'hpc run"
          + " submit' runs it.",
      "Input files are taken as they are now. Tasks that ended because one of these failed wait"
          + " again by themselves."
    })
final class RetryCommand extends NamedRunCommand {
  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TASK",
      description = "Tasks; default: all that have failed or were cancelled.")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--mem",
      paramLabel = "SIZE",
      description = "The memory of the new attempts, such as 32G; default: that of the last ones.")
  private @Nullable String memory;

  @Option(
      names = "--walltime",
      paramLabel = "TIME",
      description = "How long the new attempts may run: [D-]HH:MM:SS; default: as the last ones.")
  private @Nullable String walltime;

  RetryCommand(Session session) {
    super(session);
  }

  @Override
  int run(ComputeOperator operator) {
    RetryRequest request = new RetryRequest(
        tasks,
        memory == null ? null : (Long) MemorySize.parse(memory),
        walltime == null ? null : Walltimes.parse(walltime));
    print(operator.retry(runId(), request));
    return status();
  }
}
