// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings what is known of jobs up to date: one round of questions for each backend. A backend that
 * cannot be asked, or a record that cannot be read, harms no other job.
 */
final class JobObserver {
  private final HpcRuntime runtime;
  private final Map<JobId, JobInfo> answers = new HashMap<>();
  private final Set<JobId> recorded = new HashSet<>();
  private final Set<String> silent = new HashSet<>();
  private final List<JobReport> reports = new ArrayList<>();
  private final List<JobId> unknown = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private int status = ExitStatus.OK;

  private JobObserver(HpcRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * What was found out.
   *
   * @param reports one for each job that anybody knows, in the order asked
   * @param unknown the jobs that nobody knows
   * @param problems a line for each backend and record that could not tell
   * @param status the exit status for those problems
   */
  record Observed(List<JobReport> reports, List<JobId> unknown, List<String> problems, int status) {
    Observed withStatus(int other) {
      return new Observed(reports, unknown, problems, other);
    }
  }

  private record Asked(JobId id, @Nullable KnownJob known) {
    /** The end of a job stays; but a job that was lost may have been found. */
    boolean isOpen() {
      KnownJob job = known;
      if (job == null) {
        return true;
      }
      JobState state = remembered(job, id).state();
      return !state.isFinal() || state == JobState.LOST;
    }
  }

  /**
   * Settles submissions whose outcome is open, as those of clients that died.
   *
   * @return a line for each backend that could not be asked
   */
  static List<String> settle(HpcRuntime runtime) {
    JobObserver observer = new JobObserver(runtime);
    runtime.jobs().unsettled().forEach(backend -> observer.ask(backend, Set.of()));
    return observer.problems;
  }

  /** Asks about jobs that were named. */
  static Observed observe(HpcRuntime runtime, Collection<JobId> ids) {
    JobObserver observer = new JobObserver(runtime);
    List<Asked> asked = new ArrayList<>();
    for (JobId id : ids) {
      try {
        asked.add(new Asked(id, runtime.jobs().find(id).orElse(null)));
      } catch (HpcException e) {
        observer.problem(String.valueOf(e.getMessage()), ExitStatus.of(e));
      }
    }
    return observer.observed(asked);
  }

  /** Asks about those among the jobs of a listing that have not ended. */
  static Observed refresh(HpcRuntime runtime, Collection<KnownJob> jobs) {
    List<Asked> asked = new ArrayList<>();
    for (KnownJob job : jobs) {
      asked.add(new Asked(job.id(), job));
    }
    return new JobObserver(runtime).observed(asked);
  }

  private Observed observed(List<Asked> asked) {
    Map<String, Set<JobId>> open = new LinkedHashMap<>();
    for (Asked one : asked) {
      if (one.isOpen()) {
        open.computeIfAbsent(one.id().backend(), name -> new LinkedHashSet<>()).add(one.id());
      }
    }
    asked.stream().filter(one -> one.known() != null).forEach(one -> recorded.add(one.id()));
    open.forEach(this::ask);
    asked.forEach(this::report);
    return new Observed(reports, unknown, problems, status);
  }

  private void ask(String backend, Set<JobId> ids) {
    try {
      answers.putAll(runtime.backend(backend).status(ids));
    } catch (HpcException e) {
      silent.add(backend);
      problem(e.getMessage() + asRemembered(ids), ExitStatus.of(e));
    } catch (RuntimeException | LinkageError e) {
      silent.add(backend);
      problem("backend " + backend + " failed: " + e + asRemembered(ids), ExitStatus.REFUSED);
    }
  }

  private String asRemembered(Set<JobId> ids) {
    if (ids.isEmpty()) {
      return "; submissions to it whose outcome is open stay so";
    }
    long shown = ids.stream().filter(recorded::contains).count();
    if (shown == 0) {
      return ""; // none was ever seen
    }
    return shown == 1
        ? "; the job is shown as it was last seen"
        : "; " + shown + " jobs are shown as they were last seen";
  }

  private void problem(String line, int itsStatus) {
    problems.add(line);
    status = status == ExitStatus.OK ? itsStatus : status;
  }

  private void report(Asked one) {
    JobId id = one.id();
    JobInfo answer = answers.get(id);
    KnownJob known = one.known();
    if (known != null) {
      KnownJob fresh = answer != null && known.array() != null ? again(known) : known;
      reports.add(new JobReport(id, fresh, answer != null ? answer : remembered(fresh, id)));
    } else if (answer != null) {
      reports.add(new JobReport(id, null, answer));
    } else if (!silent.contains(id.backend())) {
      unknown.add(id);
    }
  }

  /** The answer about an array stands in its record, element by element. */
  private KnownJob again(KnownJob known) {
    Optional<KnownJob> fresh = runtime.jobs().find(known.id());
    return fresh.orElse(known);
  }

  private static JobInfo remembered(KnownJob job, JobId id) {
    Integer index = id.nativeId().index();
    return index == null ? job.info() : JobReport.element(job, index);
  }
}
