// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.job.Times;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool delete}: ends a pool. */
@Command(
    name = "delete",
    description = {
      "End a pool's workers, and forget the pool; where there is none, nothing is done.",
      "Tasks that run may end where a broker can tell the workers; then, and else at once, the jobs"
          + " are cancelled. Tasks that wait are not run."
    })
final class DeleteCommand extends NamedPoolCommand {
  @Option(
      names = "--patience",
      paramLabel = "TIME",
      defaultValue = "60s",
      description = "How long tasks that run are given, such as 90s or 1h; 0: none. Default:"
          + " ${DEFAULT-VALUE}.")
  private String patience = "60s";

  DeleteCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    Duration limit = Times.duration("--patience", patience);
    try (Progress progress = progress()) {
      progress.show("waiting for the workers to end");
      pools().delete(name(), limit);
    }
    return ExitStatus.OK;
  }
}
