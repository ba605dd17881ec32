// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.cli.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hpc sweep}, which has commands of its own. */
@Command(
    name = "sweep",
    description = "Run a program with many combinations of parameters.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    synopsisSubcommandLabel = "COMMAND")
public final class SweepCommands implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create();

  private SweepCommands() {}

  /**
   * Adds the commands.
   *
   * @param hpc the command that they belong to
   * @param session what they work with
   */
  public static void addTo(CommandLine hpc, Session session) {
    // Common options are inherited when a command is added, hence from the top down.
    CommandLine sweep = new CommandLine(new SweepCommands());
    hpc.addSubcommand(sweep);
    // Schedulers' options are values of --resources.
    sweep.addSubcommand(
        new CommandLine(new RunCommand(session)).setAllowOptionsAsOptionParameters(true));
    sweep.addSubcommand(new ListCommand(session));
    sweep.addSubcommand(new StatusCommand(session));
    sweep.addSubcommand(new MonitorCommand(session));
    sweep.addSubcommand(
        new CommandLine(new ResumeCommand(session)).setAllowOptionsAsOptionParameters(true));
    sweep.addSubcommand(new CancelCommand(session));
    sweep.addSubcommand(new ErrorsCommand(session));
    sweep.addSubcommand(new CollectCommand(session));
    sweep.addSubcommand(new ReportCommand(session));
    sweep.addSubcommand(new CleanUpCommand(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
