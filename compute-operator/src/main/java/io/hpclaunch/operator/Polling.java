// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Asks how jobs stand, all of a backend at once, and keeps what is told. */
final class Polling {
  private static final String UNSUBMITTED = "token.";

  private final Work work;
  private final RunFolder run;

  Polling(Work work, RunFolder run) {
    this.work = work;
    this.run = run;
  }

  /** How jobs are looked at: a job that nobody knows is missing from the answer. */
  interface Look {
    Map<JobId, JobInfo> at(Backend backend, Collection<JobId> jobs);
  }

  void poll(Look look) throws IOException {
    Map<String, Map<Task, Attempt>> active = new LinkedHashMap<>();
    for (Task task : run.spec().tasks()) {
      Attempt last = run.last(task);
      if (last.state() == TaskState.WAITING) {
        cancelWaiting(task, last);
      } else if (last.state().isActive()) {
        active.computeIfAbsent(last.backend(), name -> new LinkedHashMap<>()).put(task, last);
      }
    }
    for (Map.Entry<String, Map<Task, Attempt>> each : active.entrySet()) {
      try {
        poll(work.backend(run, each.getKey()), look, each.getValue());
      } catch (BackendUnavailable e) {
        work.listener().problem(String.valueOf(e.getMessage()));
        each.getValue().forEach(this::failLate);
      }
    }
  }

  private boolean isCancelled(Task task, Attempt attempt) throws IOException {
    OptionalInt wish = run.cancelled(task);
    return wish.isPresent() && wish.getAsInt() >= attempt.number();
  }

  private void cancelWaiting(Task task, Attempt attempt) throws IOException {
    if (isCancelled(task, attempt)) {
      String why = "cancelled before it was submitted";
      work.save(run, task, attempt.ended(TaskState.CANCELLED, null, why, work.now()));
    }
  }

  private void poll(Backend backend, Look look, Map<Task, Attempt> attempts) throws IOException {
    Map<JobId, Task> jobs = new LinkedHashMap<>();
    for (Map.Entry<Task, Attempt> each : attempts.entrySet()) {
      JobId job = each.getValue().job();
      if (job == null) {
        withoutId(backend, each.getKey(), each.getValue());
      } else {
        jobs.put(job, each.getKey());
      }
    }
    Map<JobId, JobInfo> told = look.at(backend, jobs.keySet());
    List<JobId> unwanted = new ArrayList<>();
    for (Map.Entry<JobId, Task> each : jobs.entrySet()) {
      Task task = each.getValue();
      Attempt before = required(attempts, task);
      JobInfo info = told.get(each.getKey());
      Attempt now = info == null
          ? lost(before)
          : before.observed(current(backend, each.getKey(), before), info, work.now());
      save(task, before, now);
      if (now.state().isActive() && isCancelled(task, now)) {
        unwanted.add(each.getKey());
      }
    }
    if (!unwanted.isEmpty()) {
      backend.cancel(unwanted);
    }
  }

  private void save(Task task, Attempt before, Attempt now) throws IOException {
    if (!now.equals(before)) {
      work.save(run, task, now);
    }
  }

  /** Its submission was interrupted, or had no outcome: its job may be found by its token. */
  private void withoutId(Backend backend, Task task, Attempt attempt) throws IOException {
    Optional<HPCProcess> job = backend.find(attempt.token());
    Attempt now = job.isPresent()
        ? attempt.observed(job.get().id(), job.get().info(), work.now())
        : late(attempt);
    save(task, attempt, now);
  }

  private static Attempt required(Map<Task, Attempt> attempts, Task task) {
    Attempt attempt = attempts.get(task);
    if (attempt == null) {
      throw new IllegalArgumentException("no attempt at " + task);
    }
    return attempt;
  }

  /** A job that was held may have got its own id since. */
  private static JobId current(Backend backend, JobId id, Attempt attempt) {
    return id.nativeId().value().startsWith(UNSUBMITTED)
        ? backend.find(attempt.token()).map(HPCProcess::id).orElse(id)
        : id;
  }

  /** No record has the job, and the scheduler denies it. */
  private Attempt lost(Attempt attempt) {
    String why = "no record of ours has job " + attempt.job() + ", and the scheduler denies it";
    return attempt.ended(TaskState.FAILED, FailureCause.LOST, why, work.now());
  }

  /** Fails an attempt that has been without an id for too long. */
  private Attempt late(Attempt attempt) {
    Instant begun = attempt.begun();
    Duration limit = run.spec().idDeadline();
    if (begun == null || work.now().isBefore(begun.plus(limit))) {
      return attempt;
    }
    String last = attempt.reason() == null ? "" : "; the last that was told: " + attempt.reason();
    String why = "its job " + attempt.token() + " never got an id within " + limit.toMinutes()
        + " min" + last;
    return attempt.ended(TaskState.FAILED, FailureCause.NO_ID, why, work.now());
  }

  private void failLate(Task task, Attempt attempt) {
    try {
      save(task, attempt, attempt.job() == null ? late(attempt) : attempt);
    } catch (IOException e) {
      work.listener().problem(String.valueOf(e.getMessage()));
    }
  }

  /** A job that is lost, or never told its id, must not come back beside the next attempt. */
  void endFor(Attempt attempt) throws IOException {
    FailureCause cause = attempt.cause();
    if (cause != FailureCause.LOST && cause != FailureCause.NO_ID) {
      return;
    }
    Backend backend = work.backend(run, attempt.backend());
    JobId job = attempt.job();
    try {
      if (job != null) {
        backend.cancel(List.of(job));
      } else {
        backend.find(attempt.token()).ifPresent(HPCProcess::cancel);
      }
    } catch (HpcException e) {
      work.listener().problem(String.valueOf(e.getMessage()));
    }
  }

  // ---- ways to look ------------------------------------------------------------------------

  /** Asks now. */
  static Map<JobId, JobInfo> ask(Backend backend, Collection<JobId> jobs) {
    return backend.status(jobs);
  }

  /** Follows jobs, so that the backend's own monitor decides how often to ask. */
  static final class Following implements Look {
    private final Map<JobId, HPCProcess> followed = new HashMap<>();

    @Override
    public Map<JobId, JobInfo> at(Backend backend, Collection<JobId> jobs) {
      Map<JobId, JobInfo> told = new HashMap<>();
      for (JobId job : jobs) {
        try {
          HPCProcess process = followed.get(job);
          if (process == null) {
            process = backend.attach(job);
            followed.put(job, process);
          }
          told.put(job, process.info());
        } catch (InvalidJob e) { // nobody knows it, or its record cannot be read now
          told.putAll(backend.status(List.of(job)));
        }
      }
      return told;
    }

    /** What goes on. */
    Collection<HPCProcess> open() {
      followed
          .values()
          .removeIf(process ->
              process.info().state().isFinal() && process.info().state() != JobState.LOST);
      return List.copyOf(followed.values());
    }
  }
}
