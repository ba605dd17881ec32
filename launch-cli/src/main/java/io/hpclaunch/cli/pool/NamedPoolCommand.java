// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.Session;
import picocli.CommandLine.Parameters;

/** A command about one pool, which need not be named. */
abstract class NamedPoolCommand extends PoolCommand {
  @Parameters(
      paramLabel = "NAME",
      arity = "0..1",
      description = "The pool; default: the one that worker_pool names, else the first.")
  private String name = "";

  NamedPoolCommand(Session session) {
    super(session);
  }

  /** The pool's name; empty: the default one. */
  final String name() {
    return name;
  }
}
