// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.cli.doctor.DoctorCommand;
import io.hpclaunch.cli.job.JobCommands;
import io.hpclaunch.cli.output.OutputLost;
import io.hpclaunch.cli.output.RawWriter;
import io.hpclaunch.cli.pool.PoolCommands;
import io.hpclaunch.cli.run.RunCommands;
import io.hpclaunch.cli.sweep.SweepCommands;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code hpc}. */
@Command(
    name = "hpc",
    description = "Run work on whatever computer is at hand.",
    versionProvider = Hpc.Version.class,
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%n",
    footer =
        "'hpc COMMAND --help' tells more about a command; hpc-launch(1) starts a parallel program.",
    synopsisSubcommandLabel = "COMMAND")
public final class Hpc implements Runnable {
  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private final GlobalOptions options;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  private Hpc(GlobalOptions options) {
    this.options = options;
  }

  /**
   * Runs one command line.
   *
   * @param args the user's words
   */
  public static void main(String[] args) {
    Installation installation = Installation.of(System.getProperties());
    OutputStream stdout = new FileOutputStream(FileDescriptor.out);
    OutputStream stderr = new FileOutputStream(FileDescriptor.err);
    RawWriter out = new RawWriter(stdout);
    PrintWriter err = new PrintWriter(new RawWriter(stderr), true);
    int status;
    try (Session session = new Session(System.getenv(), Path.of(""), installation)) {
      session.callersEnvironment(Caller.environment(System.getProperties(), System.getenv()));
      session.streams(stdout, stderr);
      CommandLine line = commandLine(session).setOut(new PrintWriter(out)).setErr(err);
      status = line.execute(Caller.words(System.getProperties(), args));
      line.getOut().flush();
    }
    IOException lost = out.failure();
    if (lost != null && status == ExitStatus.OK) {
      status = told(lost, err);
    }
    System.exit(status);
  }

  private static int told(IOException lost, PrintWriter err) {
    if (OutputLost.isClosedPipe(lost)) {
      return ExitStatus.CLOSED_PIPE;
    }
    err.println("hpc: standard output could not be written: " + lost.getMessage());
    return ExitStatus.PROBLEM;
  }

  /**
   * The command with all its sub-commands.
   *
   * @param session what they work with
   * @return ready to parse and execute one line
   */
  public static CommandLine commandLine(Session session) {
    CommandLine hpc = new CommandLine(new Hpc(session.options()));
    JobCommands.addTo(hpc, session);
    RunCommands.addTo(hpc, session);
    SweepCommands.addTo(hpc, session);
    PoolCommands.addTo(hpc, session);
    hpc.addSubcommand(new BackendsCommand(session));
    hpc.addSubcommand(new LaunchersCommand(session));
    hpc.addSubcommand(new ResourcesCommand(session));
    // Common options are inherited when a command is added, hence from the top down.
    CommandLine config = new CommandLine(new ConfigCommand());
    hpc.addSubcommand(config);
    config.addSubcommand(new ConfigShowCommand(session));
    hpc.addSubcommand(new DoctorCommand(session));
    CommandErrors errors = new CommandErrors(session.options());
    return hpc.setParameterExceptionHandler(errors)
        .setExecutionExceptionHandler(errors)
        .setAbbreviatedOptionsAllowed(false)
        .setExpandAtFiles(false) // a word @FILE is a job's own
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setColorScheme(CommandLine.Help.defaultColorScheme(
            session.installation().colour() ? Ansi.ON : Ansi.OFF));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }

  /** The version of the jar that runs. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Hpc.class.getPackage().getImplementationVersion();
      return new String[] {"hpc " + (version == null ? "(unpackaged)" : version)};
    }
  }
}
