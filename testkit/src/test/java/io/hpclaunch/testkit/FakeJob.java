// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.SubmitRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A job of {@link FakeScheduler}, or an element of an array: a bash process that runs the script.
 */
final class FakeJob {
  private final SubmitRequest request;
  private final String id;
  private final Integer index;
  private final String mark;
  private final Instant submitted = Instant.now();
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private Process process;
  private Instant started;
  private JobInfo end;
  private JobInfo.Builder forced;

  FakeJob(SubmitRequest request, String id, Integer index) {
    this.request = request;
    this.id = id;
    this.index = index;
    mark = "FAKE_JOB=" + id + "/" + index;
  }

  CompletableFuture<Void> done() {
    return done;
  }

  void whenDone(Runnable next) {
    var unused = done.thenRun(next);
  }

  synchronized boolean isWaiting() {
    return process == null && end == null;
  }

  synchronized boolean hasCompleted() {
    return end != null && end.state() == JobState.COMPLETED;
  }

  /** Whether one of its processes is no longer the script, or it has ended. */
  boolean hasStartedCommand() {
    return done.isDone()
        || Processes.withEnvironment(mark).stream()
            .flatMap(process -> process.info().commandLine().stream())
            .anyMatch(line -> !line.contains(request.scriptPath()));
  }

  synchronized void start() {
    ProcessBuilder bash = new ProcessBuilder("bash", request.scriptPath());
    bash.environment().put("HPC_NATIVE_ID", id);
    bash.environment().put("FAKE_JOB", id + "/" + index);
    if (index != null) {
      bash.environment().put("HPC_ARRAY_INDEX", index.toString());
    }
    bash.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    bash.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      process = bash.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    started = Instant.now();
    var unused = process.onExit().thenAccept(ended -> end(ended.exitValue()));
    Duration walltime = request.spec().resources().walltime();
    if (walltime != null) {
      CompletableFuture.delayedExecutor(walltime.toMillis(), TimeUnit.MILLISECONDS)
          .execute(() -> force(JobInfo.builder(JobState.FAILED).failed(Cause.TIMEOUT)));
    }
  }

  /** Ends it, however it is, unless it has ended. */
  void force(JobInfo.Builder how) {
    synchronized (this) {
      if (end != null || forced != null) {
        return;
      }
      forced = how;
      if (process == null) {
        end = how.submitted(submitted).ended(Instant.now()).build();
      }
    }
    if (end != null) {
      done.complete(null);
      return;
    }
    while (!Processes.withEnvironment(mark).isEmpty()) {
      Processes.withEnvironment(mark).forEach(ProcessHandle::destroyForcibly);
    }
  }

  private void end(int status) {
    synchronized (this) {
      JobInfo.Builder info = forced != null ? forced : ofStatus(status);
      end = info.submitted(submitted).started(started).ended(Instant.now()).build();
    }
    done.complete(null);
  }

  private static JobInfo.Builder ofStatus(int status) {
    if (status == 0) {
      return JobInfo.builder(JobState.COMPLETED).exitCode(0);
    }
    return status > 128 && status <= 192
        ? JobInfo.builder(JobState.FAILED).failed(Cause.SIGNAL).signal(status - 128)
        : JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE).exitCode(status);
  }

  synchronized JobInfo info() {
    if (end != null) {
      return end;
    }
    return JobInfo.builder(process == null ? JobState.QUEUED : JobState.RUNNING)
        .submitted(submitted)
        .started(started)
        .build();
  }
}
