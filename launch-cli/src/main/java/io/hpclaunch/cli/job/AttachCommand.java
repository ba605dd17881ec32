// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import picocli.CommandLine.Command;

/** {@code hpc attach}: follows a job until its end. */
@Command(
    name = "attach",
    description = {
      "Follow what a job writes, from its beginning to its end.",
      "Both its outputs are passed on, each to that of this command; the exit status is as with"
          + " 'hpc wait'. Ctrl-C ends the following, with status 130, and not the job."
    })
final class AttachCommand extends OneJobCommand {
  AttachCommand(Session session) {
    super(session);
  }

  @Override
  int run(JobId job, Backend itsBackend) throws InterruptedException {
    refuseWholeArray(job);
    String goesOn = job + " goes on; 'hpc attach " + job + "' follows it again";
    return Interruption.tells(err(), goesOn, () -> follow(job, itsBackend.attach(job)));
  }

  private int follow(JobId job, HPCProcess process) throws InterruptedException {
    FollowedLogs followed = new FollowedLogs();
    followed.add(job, process.logs(), JobLogs.Stream.STDOUT, session().stdout());
    if (!isJoined(job)) {
      followed.add(job, process.logs(), JobLogs.Stream.STDERR, session().stderr());
    }
    followed.await();
    JobReport end = new JobReport(job, finder().find(job).orElse(null), process.waitFor());
    int status = JobEnd.status(end);
    if (status != ExitStatus.OK) {
      tell(JobEnd.sentence(end));
    }
    return status;
  }

  /** Where both go to one file, it is followed once. */
  private boolean isJoined(JobId job) {
    KnownJob known = finder().find(job).orElse(null);
    return known != null && known.stdout().equals(known.stderr());
  }
}
