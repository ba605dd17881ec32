// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code hpc attach}: follows a job until its end. */
@Command(
    name = "attach",
    description = {
      "Follow what a job writes, from its beginning to its end.",
      "Both its outputs are passed on, each to that of this command; the exit status is as with"
          + " 'hpc wait'. Ctrl-C ends the following, with status 130, and not the job."
    })
final class AttachCommand extends OneJobCommand {
  AttachCommand(Session session) {
    super(session);
  }

  @Override
  int run(JobId job, Backend itsBackend) throws InterruptedException {
    refuseWholeArray(job);
    String goesOn = job + " goes on; 'hpc attach " + job + "' follows it again";
    return Interruption.tells(err(), goesOn, () -> follow(job, itsBackend.attach(job)));
  }

  private int follow(JobId job, HPCProcess process) throws InterruptedException {
    List<CompletableFuture<?>> followed = new ArrayList<>();
    followed.add(follow(process, JobLogs.Stream.STDOUT, session().stdout()));
    if (!isJoined(job)) {
      followed.add(follow(process, JobLogs.Stream.STDERR, session().stderr()));
    }
    allOrFirstFailure(followed);
    JobReport end = new JobReport(job, finder().find(job).orElse(null), process.waitFor());
    int status = JobEnd.status(end);
    if (status != ExitStatus.OK) {
      tell(JobEnd.sentence(end));
    }
    return status;
  }

  /** Where both go to one file, it is followed once. */
  private boolean isJoined(JobId job) {
    KnownJob known = finder().find(job).orElse(null);
    return known != null && known.stdout().equals(known.stderr());
  }

  private static CompletableFuture<@Nullable Void> follow(
      HPCProcess process, JobLogs.Stream stream, OutputStream to) {
    CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    Thread thread = new Thread(
        () -> {
          try (InputStream in = process.logs().follow(stream)) {
            Bytes.copy(in, to);
            done.complete(null);
          } catch (IOException e) {
            done.completeExceptionally(new BackendUnavailable(
                "the output of " + process.id() + " cannot be read: " + e, e));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        },
        "follow-" + stream);
    thread.setDaemon(true);
    thread.start();
    return done;
  }

  /** Nobody waits for one output when the other has failed. */
  private static void allOrFirstFailure(List<CompletableFuture<?>> followed)
      throws InterruptedException {
    List<CompletableFuture<?>> open = new ArrayList<>(followed);
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
