// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of a run stand, concluded from their last attempts, the wishes to cancel, and the
 * tasks that they depend on. Nothing of that is written down: what a failed task ended begins again
 * by itself when it is tried again.
 */
final class Standing {
  private final RunFolder run;
  private final Map<String, TaskStatus> statuses = new HashMap<>();
  private final Map<String, Boolean> ready = new HashMap<>();

  private Standing(RunFolder run) {
    this.run = run;
  }

  static Standing of(RunFolder run) throws IOException {
    Standing standing = new Standing(run);
    for (Task task : run.spec().ordered()) {
      Attempt last = run.last(task);
      OptionalInt wish = run.cancelled(task);
      boolean isCancelled = wish.isPresent() && wish.getAsInt() >= last.number();
      standing.statuses.put(task.id(), standing.conclude(task, last, isCancelled));
    }
    return standing;
  }

  /** The run as users see it. */
  RunStatus status() {
    List<TaskStatus> tasks = new ArrayList<>();
    run.spec().tasks().forEach(task -> tasks.add(of(task)));
    return new RunStatus(run.spec().id(), run.path(), run.created(), tasks);
  }

  TaskStatus of(Task task) {
    TaskStatus status = statuses.get(task.id());
    if (status == null) {
      throw new IllegalArgumentException("no task " + task.id());
    }
    return status;
  }

  /** Whether nothing but room is missing for a task to be submitted. */
  boolean isReady(Task task) {
    return ready.getOrDefault(task.id(), false);
  }

  /** Whether a task waits for an attempt that is not prepared yet. */
  boolean wantsAttempt(Task task) {
    TaskStatus status = of(task);
    return status.state() == TaskState.WAITING && status.attempt().state() == TaskState.FAILED;
  }

  private TaskStatus conclude(Task task, Attempt last, boolean isCancelled) {
    if (last.state() == TaskState.WAITING) {
      return isCancelled
          ? status(task, last, TaskState.CANCELLED, null, "cancelled before it was submitted")
          : waiting(task, last);
    }
    FailureCause cause = last.cause();
    boolean isTriedAgain = last.state() == TaskState.FAILED
        && cause != null
        && last.retriesLeft() > 0
        && run.spec().retry(task).covers(cause)
        && !isCancelled;
    if (isTriedAgain) {
      String follows = "attempt " + last.number() + " " + last.words() + "; another one follows";
      return status(task, last, TaskState.WAITING, null, follows);
    }
    return status(task, last, last.state(), cause, last.reason());
  }

  private TaskStatus waiting(Task task, Attempt last) {
    String waitsFor = null;
    for (String id : task.dependencies()) {
      TaskStatus parent = statuses.get(id);
      if (parent == null || !parent.state().isFinal()) {
        waitsFor = waitsFor == null ? id : waitsFor + ", " + id;
      } else if (!parent.isWell() && !task.allowDependencyFailure()) {
        String why = "task " + id + " " + parent.words();
        return status(task, last, TaskState.FAILED, FailureCause.DEPENDENCY, why);
      }
    }
    if (waitsFor != null) {
      return status(task, last, TaskState.WAITING, null, "waits for " + waitsFor);
    }
    ready.put(task.id(), true);
    return status(task, last, TaskState.WAITING, null, last.reason());
  }

  private static TaskStatus status(
      Task task,
      Attempt last,
      TaskState state,
      @Nullable FailureCause cause,
      @Nullable String reason) {
    return new TaskStatus(task.id(), state, cause, reason, last, task.allowFailure());
  }
}
