// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.pool.PoolStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool status}: where a pool stands. */
@Command(
    name = "status",
    description = {
      "Tell where a pool stands: its jobs and its workers.",
      "Workers are asked where a broker is up; without a broker of its own a pool has one as long"
          + " as a client uses it. A worker is missing when its job runs for a minute and it is"
          + " not heard of, and expired when its job came to the end of its walltime."
    })
final class StatusCommand extends NamedPoolCommand {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  StatusCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    PoolStatus status = pools().status(name());
    if (json) {
      Json.print(PoolView.told(status), out());
    } else {
      PoolView.print(status, out());
    }
    out().flush();
    if (status.problem() != null) {
      tell(status.problem());
    }
    return ExitStatus.OK;
  }
}
