// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.cli.Session;
import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Looks at the plugins, each jar opened once. */
final class PluginChecks {
  private final Session session;

  PluginChecks(Session session) {
    this.session = session;
  }

  List<Check> all() {
    List<Check> checks = new ArrayList<>();
    for (PluginInfo plugin : session.plugins().all()) {
      String version = plugin.version() == null ? "" : " " + plugin.version();
      checks.add(Check.ok(
          "plugin " + plugin.name() + version,
          plugin.kind().name().toLowerCase(Locale.ROOT) + " in " + plugin.location()));
    }
    for (PluginProblem problem : session.plugins().problems()) {
      String name = problem.className() == null ? "" : problem.className() + " ";
      checks.add(Check.problem(
          "plugin", name + "in " + problem.location() + ": " + problem.why(), remedy(problem)));
    }
    return checks;
  }

  private static String remedy(PluginProblem problem) {
    return new File(problem.location()).exists()
        ? "remove the jar, or take one that is made for this version"
        : "correct HPC_PLUGIN_PATH";
  }
}
