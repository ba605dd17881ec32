// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidJob;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Prepares the attempts that a user asks for. */
final class Retrying {
  private final Work work;
  private final RunFolder run;

  Retrying(Work work, RunFolder run) {
    this.work = work;
    this.run = run;
  }

  void retry(RetryRequest request) throws IOException {
    Standing standing = Standing.of(run);
    List<Task> wanted = new ArrayList<>();
    if (request.tasks().isEmpty()) {
      run.spec().tasks().stream()
          .filter(task -> hasFailedItself(standing.of(task)))
          .forEach(wanted::add);
    }
    for (String id : request.tasks()) {
      Task task = Work.task(run, id);
      check(standing.of(task));
      wanted.add(task);
    }
    for (Task task : wanted) {
      Attempt last = standing.of(task).attempt();
      if (last.awaitsCollection()) {
        throw new BackendUnavailable("the results of attempt " + last.number() + " at task "
            + task.id() + " are not collected yet: try again when they are");
      }
      new Polling(work, run).endFor(last);
      new Preparation(work).again(run, task, last, request);
    }
  }

  private static boolean hasFailedItself(TaskStatus status) {
    boolean isBad = status.state() == TaskState.FAILED || status.state() == TaskState.CANCELLED;
    return isBad && status.cause() != FailureCause.DEPENDENCY;
  }

  private static void check(TaskStatus status) {
    if (!hasFailedItself(status)) {
      throw new InvalidJob("task " + status.task() + " " + status.words() + ": "
          + (status.cause() == FailureCause.DEPENDENCY
              ? "retry the task that it waits for"
              : "only what failed or was cancelled is tried again"));
    }
  }
}
