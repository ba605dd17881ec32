// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What jobs have written, and what several of them write at the same time. */
public final class FollowedLogs {
  private final List<CompletableFuture<?>> open = new ArrayList<>();

  /** Nothing is followed yet. */
  public FollowedLogs() {}

  /**
   * Copies an output to its end.
   *
   * @param job whose it is
   * @param log opens it
   * @param to where to
   * @throws BackendUnavailable when it cannot be read
   */
  public static void copy(JobId job, Supplier<InputStream> log, OutputStream to) {
    try (InputStream in = log.get()) {
      Bytes.copy(in, to);
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the output of " + job + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Begins to follow an output.
   *
   * @param job whose it is
   * @param logs what the job writes
   * @param stream which of its outputs
   * @param to where to; several outputs may go there
   */
  public void add(JobId job, JobLogs logs, JobLogs.Stream stream, OutputStream to) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    Thread thread = new Thread(
        () -> {
          try {
            copy(job, () -> logs.follow(stream), to);
            done.complete(null);
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        },
        "follow-" + stream);
    thread.setDaemon(true);
    thread.start();
    open.add(done);
  }

  /**
   * Waits until all have ended, or one has failed: nobody waits for one output when another is
   * lost.
   *
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public void await() throws InterruptedException {
    try {
      while (!open.isEmpty()) {
        CompletableFuture.anyOf(open.toArray(CompletableFuture<?>[]::new)).get();
        open.removeIf(each -> each.isDone() && !each.isCompletedExceptionally());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HpcException ours) {
        throw ours;
      }
      if (e.getCause() instanceof UncheckedIOException lost) {
        throw lost;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
