// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Unsupported;
import java.util.Collection;
import java.util.Map;

/** Jobs need the journal and the monitor. This version has neither, and says so. */
final class NoJobs implements Jobs {
  private final String backend;

  NoJobs(String backend) {
    this.backend = backend;
  }

  @Override
  public HPCProcess submit(JobSpec spec) {
    throw missing("submitting jobs");
  }

  @Override
  public HPCProcess attach(JobId id) {
    throw missing("attaching to jobs");
  }

  @Override
  public Map<JobId, JobInfo> status(Collection<JobId> ids) {
    throw missing("asking about jobs");
  }

  @Override
  public void cancel(Collection<JobId> ids) {
    throw missing("cancelling jobs");
  }

  @Override
  public JobLogs logs(JobId id) {
    throw missing("reading the logs of jobs");
  }

  @Override
  public String script(JobSpec spec) {
    throw missing("rendering the scripts of jobs");
  }

  @Override
  public String script(JobId id) {
    throw missing("reading the scripts of jobs");
  }

  private Unsupported missing(String what) {
    return new Unsupported("backend " + backend + ": " + what + " is not part of this version");
  }
}
