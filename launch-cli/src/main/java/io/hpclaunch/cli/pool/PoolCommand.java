// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.SessionCommand;
import io.hpclaunch.pool.WorkerPools;

/** What the commands about worker pools share. */
abstract class PoolCommand extends SessionCommand {
  PoolCommand(Session session) {
    super(session);
  }

  final WorkerPools pools() {
    return WorkerPools.of(runtime());
  }
}
