// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc cancel}: asks for the end of jobs. */
@Command(
    name = "cancel",
    description = {
      "Ask for the end of jobs, and return; 'hpc wait' waits for it.",
      "A job that has ended already is passed over."
    })
final class CancelCommand extends JobCommand {
  @Parameters(
      paramLabel = "ID",
      arity = "1..*",
      description = "Jobs, whole arrays, or elements: ID/INDEX.")
  private List<String> ids = new ArrayList<>();

  CancelCommand(Session session) {
    super(session);
  }

  @Override
  int run() {
    JobFinder finder = finder();
    int status = ExitStatus.OK;
    Map<String, List<JobId>> wanted = new LinkedHashMap<>();
    for (JobId id : finder.resolve(ids)) {
      if (finder.isKnown(id)) {
        wanted.computeIfAbsent(id.backend(), name -> new ArrayList<>()).add(id);
      } else {
        tell(JobFinder.NoSuchJob.message(id));
        status = ExitStatus.NO_SUCH_JOB;
      }
    }
    for (Map.Entry<String, List<JobId>> each : wanted.entrySet()) {
      int its = cancel(each.getKey(), each.getValue());
      status = status == ExitStatus.OK ? its : status;
    }
    return status;
  }

  /** One backend that refuses keeps no other from being asked. */
  private int cancel(String backend, List<JobId> jobs) {
    try {
      runtime().backend(backend).cancel(jobs);
      return ExitStatus.OK;
    } catch (HpcException e) {
      tell(String.valueOf(e.getMessage()));
      return ExitStatus.of(e);
    }
  }
}
