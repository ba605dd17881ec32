// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import picocli.CommandLine.Parameters;

/** A command about one job that exists. */
abstract class OneJobCommand extends JobCommand {
  @Parameters(paramLabel = "ID", description = "A job, or an element of an array: ID/INDEX.")
  private String id = "";

  OneJobCommand(Session session) {
    super(session);
  }

  /** Does the work; gives the exit status. */
  abstract int run(JobId job, Backend itsBackend) throws InterruptedException;

  @Override
  protected final int run() throws InterruptedException {
    JobId job;
    try {
      job = finder().existing(id);
    } catch (JobFinder.NoSuchJob e) {
      tell(String.valueOf(e.getMessage()));
      return ExitStatus.NO_SUCH_JOB;
    }
    return run(job, runtime().backend(job.backend()));
  }

  /** Output is that of an element; what to write is told. */
  final void refuseWholeArray(JobId job) {
    if (job.nativeId().index() == null) {
      finder().find(job).ifPresent(known -> {
        if (known.array() != null) {
          throw wrong(job + " is an array: name an element of " + known.array() + ", such as "
              + job.element(known.array().first()));
        }
      });
    }
  }
}
