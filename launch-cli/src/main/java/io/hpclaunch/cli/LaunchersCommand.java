// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code hpc launchers}: what starts parallel programs here. */
@Command(
    name = "launchers",
    description = {
      "List the launchers.",
      "Prints for each the executable that it found, its implementation and version, or why it"
          + " cannot be used, and the plugins that are broken."
    })
final class LaunchersCommand extends ListingCommand<LaunchersCommand.Listing> {
  private final Session session;

  LaunchersCommand(Session session) {
    this.session = session;
  }

  /** Everything. */
  record Listing(List<LauncherProbe.Probed> launchers, List<PluginProblem> problems) {}

  @Override
  protected Listing find() {
    return new Listing(new LauncherProbe(session).all(), session.plugins().problems());
  }

  @Override
  protected void print(Listing found, PrintWriter out) {
    Table table = new Table("NAME", "VERSION", "EXECUTABLE", "IMPLEMENTATION", "JAR", "PROBLEM");
    for (LauncherProbe.Probed one : found.launchers()) {
      table.row(
          one.name(),
          one.version(),
          one.executable(),
          one.implementation(),
          one.location(),
          one.problem());
    }
    table.print(out);
    Problems.print(found.problems(), out);
  }
}
