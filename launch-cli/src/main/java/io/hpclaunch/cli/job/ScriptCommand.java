// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import picocli.CommandLine.Command;

/** {@code hpc script}: what a job was submitted with. */
@Command(
    name = "script",
    description = {
      "Print what a job was submitted with: the batch script, or the object.",
      "'hpc submit --dry-run' prints what would be submitted."
    })
final class ScriptCommand extends OneJobCommand {
  ScriptCommand(Session session) {
    super(session);
  }

  @Override
  int run(JobId job, Backend itsBackend) {
    Scripts.print(itsBackend.script(job), out());
    return ExitStatus.OK;
  }
}
