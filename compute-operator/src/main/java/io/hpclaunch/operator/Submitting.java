// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Unsupported;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Submits what is ready, as far as there is room.
 *
 * <p>The order is: bring the files; write down that the submission begins; submit under the token
 * that the attempt has had since it was prepared; write down the job's id. Whoever finds an attempt
 * between the second and the last step submits it again under the same token, which gives the job
 * that is there, and touches its directory no more.
 */
final class Submitting {
  private final Work work;
  private final RunFolder run;
  private final Set<String> unreachable = new HashSet<>();
  private final Map<String, Integer> active = new HashMap<>();
  private int allActive;

  Submitting(Work work, RunFolder run) {
    this.work = work;
    this.run = run;
  }

  void submit() throws IOException {
    addAttempts();
    Standing standing = Standing.of(run);
    for (Task task : run.spec().tasks()) {
      Attempt attempt = standing.of(task).attempt();
      if (attempt.state().isActive()) {
        count(attempt.backend());
      }
    }
    for (Task task : run.spec().tasks()) {
      Attempt attempt = standing.of(task).attempt();
      if (attempt.state() == TaskState.SUBMITTING) {
        guarded(attempt, () -> submit(task, attempt));
      } else if (standing.isReady(task) && hasRoom(attempt.backend())) {
        guarded(attempt, () -> begin(task, attempt));
      }
    }
  }

  private void addAttempts() throws IOException {
    Standing standing = Standing.of(run);
    for (Task task : run.spec().tasks()) {
      Attempt last = standing.of(task).attempt();
      if (standing.wantsAttempt(task) && !last.awaitsCollection()) {
        new Polling(work, run).endFor(last);
        new Preparation(work).again(run, task, last);
      }
    }
  }

  // ---- room --------------------------------------------------------------------------------

  private void count(String backend) {
    active.merge(backend, 1, Integer::sum);
    allActive++;
  }

  private boolean hasRoom(String backend) {
    Integer total = run.spec().limits().total();
    Integer own = run.spec().limits().of(backend);
    return (total == null || allActive < total)
        && (own == null || active.getOrDefault(backend, 0) < own);
  }

  // ---- one attempt -------------------------------------------------------------------------

  private interface Step {
    void run() throws IOException;
  }

  /** A backend that cannot be reached is not asked again in this round. */
  private void guarded(Attempt attempt, Step step) throws IOException {
    if (unreachable.contains(attempt.backend())) {
      return;
    }
    try {
      step.run();
    } catch (BackendUnavailable e) {
      unreachable.add(attempt.backend());
      work.listener().problem(String.valueOf(e.getMessage()));
    }
  }

  private void begin(Task task, Attempt attempt) throws IOException {
    Backend backend = work.backend(run, attempt.backend());
    String directory;
    try {
      directory = new Staging(backend.transport(), Hosts.root(backend, run), run)
          .bring(task, attempt, work.listener());
    } catch (Unsupported | IOException e) {
      String why = String.valueOf(e.getMessage());
      work.save(run, task, attempt.ended(TaskState.FAILED, FailureCause.STAGING, why, work.now()));
      return;
    }
    count(attempt.backend());
    submit(task, work.save(run, task, attempt.submitting(directory, work.now())));
  }

  private void submit(Task task, Attempt attempt) throws IOException {
    Backend backend = work.backend(run, attempt.backend());
    String directory = String.valueOf(attempt.directory());
    try {
      HPCProcess job = backend.submit(Jobs.spec(task, attempt, directory), attempt.token());
      work.save(run, task, attempt.observed(job.id(), job.info(), work.now()));
      cancelIfWished(task, attempt, job);
    } catch (Rejected | InvalidJob | Unsupported e) {
      String why = String.valueOf(e.getMessage());
      work.save(run, task, attempt.ended(TaskState.FAILED, FailureCause.REJECTED, why, work.now()));
    } catch (OutcomeUnknown e) {
      note(task, attempt, e.getMessage());
    } catch (BackendUnavailable e) {
      note(task, attempt, e.getMessage());
      throw e;
    }
  }

  private void note(Task task, Attempt attempt, @Nullable String why) throws IOException {
    if (why != null && !why.equals(attempt.reason())) {
      work.save(run, task, attempt.because(why));
    }
  }

  /** The wish may have come while nobody knew the job's id. */
  private void cancelIfWished(Task task, Attempt attempt, HPCProcess job) throws IOException {
    OptionalInt wish = run.cancelled(task);
    if (wish.isPresent() && wish.getAsInt() >= attempt.number()) {
      job.cancel();
    }
  }
}
