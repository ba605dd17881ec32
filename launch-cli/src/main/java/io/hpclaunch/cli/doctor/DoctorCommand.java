// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.ListingCommand;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.OneLine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;

/** {@code hpc doctor}: what is wrong here, and what to do about it. */
@Command(
    name = "doctor",
    description = {
      "Look for what is wrong, and say what to do about it.",
      "Looks at Java, bash, launchers, schedulers, the configuration, the state folder, the job"
          + " store and the plugins. The exit status is 1 where a problem was found."
    })
public final class DoctorCommand extends ListingCommand<List<Check>> {
  private final Session session;

  /**
   * Makes the command.
   *
   * @param session what is looked at
   */
  public DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  protected List<Check> find() {
    List<Check> checks = new ArrayList<>();
    checks.addAll(new MachineChecks(session).all());
    checks.addAll(new ProgramChecks(session).all());
    checks.addAll(new ConfigurationChecks(session).all());
    checks.addAll(new StoreChecks(session).all());
    checks.addAll(new PluginChecks(session).all());
    return checks;
  }

  @Override
  protected void print(List<Check> checks, PrintWriter out) {
    int problems = 0;
    int warnings = 0;
    for (Check check : checks) {
      problems += check.status() == Check.Status.PROBLEM ? 1 : 0;
      warnings += check.status() == Check.Status.WARNING ? 1 : 0;
      out.println(label(check.status()) + OneLine.of(check.subject() + ": " + check.found()));
      if (check.remedy() != null) {
        out.println(" ".repeat(9) + "-> " + OneLine.of(check.remedy()));
      }
    }
    out.println();
    out.println(count(problems, "problem") + ", " + count(warnings, "warning"));
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private String label(Check.Status status) {
    String word = String.format("%-9s", status.name().toLowerCase(Locale.ROOT));
    String style = switch (status) {
      case OK -> "green";
      case WARNING -> "yellow";
      case PROBLEM -> "red";
    };
    return session.installation().colour()
        ? Ansi.ON.string("@|" + style + " " + word + "|@")
        : word;
  }

  @Override
  protected int status(List<Check> checks) {
    boolean wrong = checks.stream().anyMatch(c -> c.status() == Check.Status.PROBLEM);
    return wrong ? ExitStatus.PROBLEM : ExitStatus.OK;
  }
}
