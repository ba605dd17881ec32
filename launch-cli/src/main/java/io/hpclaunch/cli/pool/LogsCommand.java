// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.FollowedLogs;
import io.hpclaunch.cli.job.Interruption;
import io.hpclaunch.pool.PoolStatus;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool logs}: what a pool's jobs have written. */
@Command(
    name = "logs",
    description = {
      "Print what a pool's jobs have written so far, and its workers with them: when they"
          + " connected, what they could not do. What tasks write is with their results.",
      "Both outputs of a job are printed, the jobs one after the other, the oldest first."
    })
final class LogsCommand extends NamedPoolCommand {
  @Option(
      names = {"-f", "--follow"},
      description = "Go on until the jobs' end, all of them side by side. Ctrl-C ends the"
          + " following, and no job.")
  private boolean follow;

  LogsCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    PoolStatus pool = pools().status(name());
    List<JobId> jobs = pool.jobs().stream().map(PoolStatus.Job::id).toList();
    if (jobs.isEmpty()) {
      tell(
          "pool " + pool.name() + " has no job; 'hpc pool deploy " + pool.name() + "' submits one");
      return ExitStatus.PROBLEM;
    }
    if (!follow) {
      jobs.forEach(job -> print(job, jobs.size() > 1));
      return ExitStatus.OK;
    }
    String goesOn =
        "the pool goes on; 'hpc pool logs -f " + pool.name() + "' follows its jobs again";
    return Interruption.tells(err(), goesOn, () -> follow(jobs));
  }

  private void print(JobId job, boolean isOneOfMany) {
    if (isOneOfMany) {
      out().println("==> " + job + " <==");
      out().flush();
    }
    JobLogs logs = runtime().backend(job.backend()).logs(job);
    for (JobLogs.Stream stream : JobLogs.Stream.values()) {
      FollowedLogs.copy(job, () -> logs.open(stream), session().stdout());
    }
  }

  private int follow(List<JobId> jobs) throws InterruptedException {
    FollowedLogs followed = new FollowedLogs();
    for (JobId job : jobs) {
      JobLogs logs = runtime().backend(job.backend()).logs(job);
      for (JobLogs.Stream stream : JobLogs.Stream.values()) {
        followed.add(job, logs, stream, session().stdout());
      }
    }
    followed.await();
    return ExitStatus.OK;
  }
}
