// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.pool.PoolStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool list}: the pools of the configuration. */
@Command(name = "list", description = "List the pools, and where their jobs stand.")
final class ListCommand extends PoolCommand {
  @Option(names = "--json", description = "Print JSON: a list, with an object for each pool.")
  private boolean json;

  ListCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() {
    List<PoolStatus> all = pools().list();
    if (json) {
      Json.print(all.stream().map(PoolView::told).toList(), out());
    } else {
      PoolView.table(all, out());
    }
    out().flush();
    return ExitStatus.OK;
  }
}
