// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import java.io.InputStream;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc logs}: what a job has written. */
@Command(
    name = "logs",
    description = {
      "Print what a job has written so far to its standard output, byte for byte.",
      "Of an array, one element is printed: write ID/INDEX. 'hpc attach' follows both outputs."
    })
final class LogsCommand extends OneJobCommand {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the job's end. Ctrl-C ends the following, and not the job.")
  private boolean follow;

  @Option(
      names = {"--err", "--stderr"},
      description = "Print its standard error instead.")
  private boolean stderr;

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  int run(JobId job, Backend itsBackend) throws InterruptedException {
    refuseWholeArray(job);
    JobLogs logs = itsBackend.logs(job);
    JobLogs.Stream stream = stderr ? JobLogs.Stream.STDERR : JobLogs.Stream.STDOUT;
    if (!follow) {
      return copy(job, () -> logs.open(stream));
    }
    String goesOn = job + " goes on; 'hpc logs -f " + job + "' follows it again";
    return Interruption.tells(err(), goesOn, () -> copy(job, () -> logs.follow(stream)));
  }

  private int copy(JobId job, Supplier<InputStream> log) {
    FollowedLogs.copy(job, log, session().stdout());
    return ExitStatus.OK;
  }
}
