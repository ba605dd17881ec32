// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.Token;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at a task, as {@code attempt.json} holds it. What is not known is null.
 *
 * @param number 1 for the first one
 * @param token names its submission, from its preparation on
 * @param backend the name of the backend
 * @param memory the memory that it asks for, in bytes
 * @param timeLimit how long it may run
 * @param retriesLeft how many attempts may follow by themselves
 * @param state where it stands
 * @param cause why it failed
 * @param reason the scheduler's or our own words on why it stands there
 * @param job the job's id
 * @param directory the task's directory on the backend's host
 * @param exitCode the status that the command returned
 * @param signal the number of the signal that ended the command
 * @param prepared when it was prepared
 * @param begun when its submission began
 * @param submitted when its job was submitted
 * @param started when its job started
 * @param ended when it ended
 * @param collected when its results were collected
 * @since 0.1
 */
public record Attempt(
    int number,
    Token token,
    String backend,
    @Nullable Long memory,
    @Nullable Duration timeLimit,
    int retriesLeft,
    TaskState state,
    @Nullable FailureCause cause,
    @Nullable String reason,
    @Nullable JobId job,
    @Nullable String directory,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    Instant prepared,
    @Nullable Instant begun,
    @Nullable Instant submitted,
    @Nullable Instant started,
    @Nullable Instant ended,
    @Nullable Instant collected) {

  private static final int SIGNALLED = 128;

  /** A new attempt, which nothing was done for yet. */
  static Draft prepared(int number, Token token, String backend, Instant now) {
    return new Draft(number, token, backend, now);
  }

  /** From here on its directory is the job's, and its job may be there. */
  Attempt submitting(String place, Instant now) {
    Draft next = draft();
    next.state = TaskState.SUBMITTING;
    next.reason = null;
    next.directory = place;
    next.begun = now;
    return next.attempt();
  }

  /** What an observation of its job makes of it; an end stays. */
  Attempt observed(JobId id, JobInfo info, Instant now) {
    if (state.isFinal()) {
      return this;
    }
    Draft next = draft();
    TaskState before = state == TaskState.SUBMITTING ? TaskState.QUEUED : state;
    next.state = TaskState.of(info.state(), before);
    next.cause = FailureCause.of(info);
    next.reason = info.reason();
    next.job = id;
    next.submitted = info.submitted() == null ? submitted : info.submitted();
    next.started = info.started() == null ? started : info.started();
    if (next.state.isFinal()) {
      next.exitCode = info.exitCode();
      next.signal = info.signal();
      next.ended = info.ended() == null ? now : info.ended();
    }
    return next.attempt();
  }

  /** An end that no job had. */
  Attempt ended(TaskState end, @Nullable FailureCause why, String words, Instant now) {
    Draft next = draft();
    next.state = end;
    next.cause = why;
    next.reason = words;
    next.ended = now;
    return next.attempt();
  }

  /** The same with other words on why it stands there. */
  Attempt because(@Nullable String words) {
    Draft next = draft();
    next.reason = words;
    return next.attempt();
  }

  Attempt collected(Instant now) {
    Draft next = draft();
    next.collected = now;
    return next.attempt();
  }

  private Draft draft() {
    Draft draft = new Draft(number, token, backend, prepared);
    draft.memory = memory;
    draft.timeLimit = timeLimit;
    draft.retriesLeft = retriesLeft;
    draft.state = state;
    draft.cause = cause;
    draft.reason = reason;
    draft.job = job;
    draft.directory = directory;
    draft.exitCode = exitCode;
    draft.signal = signal;
    draft.begun = begun;
    draft.submitted = submitted;
    draft.started = started;
    draft.ended = ended;
    draft.collected = collected;
    return draft;
  }

  /**
   * Whether there is something to collect that was not collected yet.
   *
   * @return true for an attempt that has ended and had a directory on the backend's host
   */
  public boolean awaitsCollection() {
    return state.isFinal() && directory != null && collected == null;
  }

  /** The status as a shell tells it; null where it is not known. */
  @Nullable Integer status() {
    if (state == TaskState.COMPLETED) {
      return exitCode == null ? 0 : exitCode;
    }
    return exitCode != null ? exitCode : signal == null ? null : (Integer) (SIGNALLED + signal);
  }

  /** Such as {@code failed: exit status 3 (…)}. */
  String words() {
    StringBuilder text = new StringBuilder(state.label());
    if (cause == FailureCause.EXIT_CODE && exitCode != null) {
      text.append(": exit status ").append(exitCode);
    } else if (cause == FailureCause.SIGNAL && signal != null) {
      text.append(": signal ").append(signal);
    } else if (cause != null) {
      text.append(": ").append(cause.label().replace('_', ' '));
    }
    return reason == null || reason.isBlank() ? text.toString() : text + " (" + reason + ")";
  }

  /** An attempt whose parts are being put together. */
  static final class Draft {
    private final int number;
    private final Token token;
    private final String backend;
    private final Instant prepared;

    @Nullable Long memory;

    @Nullable Duration timeLimit;

    int retriesLeft;
    TaskState state = TaskState.WAITING;

    @Nullable FailureCause cause;

    @Nullable String reason;

    @Nullable JobId job;

    @Nullable String directory;

    @Nullable Integer exitCode;

    @Nullable Integer signal;

    @Nullable Instant begun;

    @Nullable Instant submitted;

    @Nullable Instant started;

    @Nullable Instant ended;

    @Nullable Instant collected;

    private Draft(int number, Token token, String backend, Instant prepared) {
      this.number = number;
      this.token = token;
      this.backend = backend;
      this.prepared = prepared;
    }

    Attempt attempt() {
      return new Attempt(
          number,
          token,
          backend,
          memory,
          timeLimit,
          retriesLeft,
          state,
          cause,
          reason,
          job,
          directory,
          exitCode,
          signal,
          prepared,
          begun,
          submitted,
          started,
          ended,
          collected);
    }
  }
}
