// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.cli.Session;
import picocli.CommandLine;

/** All commands about jobs. */
public final class JobCommands {
  private JobCommands() {}

  /**
   * Adds the commands.
   *
   * @param hpc the command that they belong to
   * @param session what they work with
   */
  public static void addTo(CommandLine hpc, Session session) {
    // Behind the program or script, every word is its own; and schedulers' options are values.
    hpc.addSubcommand(new CommandLine(new SubmitCommand(session))
        .setStopAtPositional(true)
        .setAllowOptionsAsOptionParameters(true));
    hpc.addSubcommand(new StatusCommand(session));
    hpc.addSubcommand(new WaitCommand(session));
    hpc.addSubcommand(new CancelCommand(session));
    hpc.addSubcommand(new LogsCommand(session));
    hpc.addSubcommand(new AttachCommand(session));
    hpc.addSubcommand(new QueueCommand(session));
    hpc.addSubcommand(new ExplainCommand(session));
    hpc.addSubcommand(new ScriptCommand(session));
    hpc.addSubcommand(new CopyCommand(session));
    hpc.addSubcommand(new ReportCommand(session));
    hpc.addSubcommand(new CleanCommand(session));
  }
}
