// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code hpc config}: what its sub-commands tell about the configuration. */
@Command(
    name = "config",
    description = "Tell about the configuration.",
    synopsisSubcommandLabel = "COMMAND")
final class ConfigCommand implements Runnable {
  @Spec
  private CommandSpec spec = CommandSpec.create();

  ConfigCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }
}
