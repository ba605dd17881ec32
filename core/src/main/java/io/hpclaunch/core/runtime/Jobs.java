// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import java.util.Collection;
import java.util.Map;

/** The jobs of one backend: everything of {@link io.hpclaunch.api.Backend} that is about jobs. */
interface Jobs {
  HPCProcess submit(JobSpec spec);

  HPCProcess attach(JobId id);

  Map<JobId, JobInfo> status(Collection<JobId> ids);

  void cancel(Collection<JobId> ids);

  JobLogs logs(JobId id);

  String script(JobSpec spec);

  String script(JobId id);
}
