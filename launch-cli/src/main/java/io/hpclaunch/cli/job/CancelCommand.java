// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code hpc cancel}: asks for the end of jobs. */
@Command(
    name = "cancel",
    description = {
      "Ask for the end of jobs, and return; 'hpc wait' waits for it. On Kubernetes it is awaited"
          + " until the pods are gone, for config.grace and 30 s at most.",
      "Of a job that has ended already, standard error tells how."
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
  protected int run() {
    List<JobId> asked = finder().resolve(ids);
    // Who cannot be asked now will say so when asked to cancel.
    JobObserver.Observed seen = JobObserver.observe(runtime(), asked);
    Set<JobId> open = new LinkedHashSet<>(asked);
    for (JobReport job : seen.reports()) {
      if (job.info().state().isFinal()) {
        tell(job.id() + " had ended: " + JobEnd.words(job.info()));
        open.remove(job.id());
      }
    }
    seen.unknown().forEach(id -> tell(JobFinder.NoSuchJob.message(id)));
    seen.unknown().forEach(open::remove);
    int status = seen.unknown().isEmpty() ? ExitStatus.OK : ExitStatus.NO_SUCH_JOB;
    Map<String, List<JobId>> wanted = new LinkedHashMap<>();
    for (JobId id : open) {
      wanted.computeIfAbsent(id.backend(), name -> new ArrayList<>()).add(id);
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
