// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.cli.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hpc pool}, which has commands of its own. */
@Command(
    name = "pool",
    description = {
      "Run many short tasks inside few batch jobs.",
      "A pool is described in the configuration, under worker_pools; 'default' is the one that"
          + " worker_pool names, else the first."
    },
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    synopsisSubcommandLabel = "COMMAND")
public final class PoolCommands implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create();

  private PoolCommands() {}

  /**
   * Adds the commands.
   *
   * @param hpc the command that they belong to
   * @param session what they work with
   */
  public static void addTo(CommandLine hpc, Session session) {
    // Common options are inherited when a command is added, hence from the top down.
    CommandLine pool = new CommandLine(new PoolCommands());
    hpc.addSubcommand(pool);
    pool.addSubcommand(new DeployCommand(session));
    pool.addSubcommand(new ListCommand(session));
    pool.addSubcommand(new StatusCommand(session));
    pool.addSubcommand(new ScaleCommand(session));
    pool.addSubcommand(new DeleteCommand(session));
    pool.addSubcommand(new HelloCommand(session));
    pool.addSubcommand(new MapCommand(session));
    pool.addSubcommand(new LogsCommand(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
