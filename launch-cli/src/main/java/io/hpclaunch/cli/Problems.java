// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.util.List;

/** Prints the plugins that could not be used. */
final class Problems {
  private Problems() {}

  static void print(List<PluginProblem> problems, PrintWriter out) {
    if (problems.isEmpty()) {
      return;
    }
    Table table = new Table("BROKEN PLUGIN", "JAR", "WHY");
    for (PluginProblem problem : problems) {
      table.row(problem.className(), problem.location(), problem.why());
    }
    out.println();
    table.print(out);
  }
}
