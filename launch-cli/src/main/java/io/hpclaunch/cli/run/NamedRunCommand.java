// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.Session;
import picocli.CommandLine.Parameters;

/** A command about a run that is there. */
abstract class NamedRunCommand extends RunCommand {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "The run's id, or the YAML file that it was prepared from: a word that ends in"
          + " .yaml or .yml, or has a slash.")
  private String run = "";

  NamedRunCommand(Session session) {
    super(session);
  }

  final String runId() {
    return runOf(run);
  }
}
