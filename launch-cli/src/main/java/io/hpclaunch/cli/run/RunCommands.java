// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hpc run} with its sub-commands. */
@Command(
    name = "run",
    description = {
      "Run tasks with files: prepare, submit, poll, collect.",
      "The tasks stand in a YAML file. All that is known of a run stands in runs/RUN below the"
          + " working directory or --run-dir, so that any of these commands can be interrupted and"
          + " called again, by another process too; 'hpc run go' does all until the run is over."
    },
    synopsisSubcommandLabel = "COMMAND")
public final class RunCommands implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create();

  private RunCommands() {}

  /**
   * Adds the commands.
   *
   * @param hpc the command that they belong to
   * @param session what they work with
   */
  public static void addTo(CommandLine hpc, Session session) {
    // Common options are inherited when a command is added, hence from the top down.
    CommandLine run = new CommandLine(new RunCommands());
    hpc.addSubcommand(run);
    run.addSubcommand(new PrepareCommand(session));
    run.addSubcommand(new SubmitStepCommand(session));
    run.addSubcommand(new PollCommand(session));
    run.addSubcommand(new CollectCommand(session));
    run.addSubcommand(new GoCommand(session));
    run.addSubcommand(new RunStatusCommand(session));
    run.addSubcommand(new RetryCommand(session));
    run.addSubcommand(new CancelRunCommand(session));
    run.addSubcommand(new ListCommand(session));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
