// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A cancelled job ends, with all its processes, and to cancel again does no harm. */
interface CancelContract extends BackendUnderTest {
  @Test
  default void aRunningJobEndsWithAllItsProcesses() {
    Checks.needsJobsHere(this);
    Path up = hpc().folder().resolve("up");
    HPCProcess job = hpc()
        .submit(hpc()
            .job("family")
            .shell("sleep 3600 & (sleep 3601 & sleep 3602) & : >'" + quoted(up) + "'; wait")
            .build());
    hpc().until("the job runs", () -> Files.exists(up));
    // The shell that runs the lines has not got their environment from its start, as its children
    // do.
    hpc().until("its processes are seen", () -> !hpc().processes().isEmpty());
    job.cancel();
    assertCancelled(job);
    hpc().until("none of its processes is left", () -> hpc().processes().isEmpty());
  }

  @Test
  default void aJobThatIgnoresTheSignalEndsAllTheSame() {
    Checks.needsJobsHere(this);
    assumeTrue(endsStubbornJobs(), "the scheduler has no means to end a job that ignores signals");
    Path up = hpc().folder().resolve("up");
    HPCProcess job = hpc()
        .submit(hpc()
            .job("stubborn")
            .shell("trap '' HUP INT TERM; : >'" + quoted(up) + "'", "while :; do sleep 1; done")
            .build());
    hpc().until("the job runs", () -> Files.exists(up));
    job.cancel();
    assertCancelled(job);
    hpc().until("none of its processes is left", () -> hpc().processes().isEmpty());
  }

  private static String quoted(Path path) {
    return path.toString().replace("'", "'\\''");
  }

  @Test
  default void aJobThatWasJustSubmittedEnds() {
    HPCProcess job = hpc().submit(hpc().job("early").command("sleep", "3600").build());
    job.cancel();
    assertCancelled(job);
    if (jobsRunHere()) {
      hpc().until("none of its processes is left", () -> hpc().processes().isEmpty());
    }
  }

  @Test
  default void aJobThatWaitsNeverRuns() {
    Checks.needs(this, Capability.DEPENDENCIES);
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    Path ran = hpc().folder().resolve("ran");
    HPCProcess first = hpc().submit(Gate.job(hpc(), "first", go));
    HPCProcess second = hpc()
        .submit(hpc()
            .job("second")
            .dependsOn(Dependency.afterAny(first.id()))
            .command("touch", ran.toString())
            .build());
    second.cancel();
    assertCancelled(second);
    Gate.open(go);
    Checks.completed(first, hpc().end(first));
    assertFalse(Files.exists(ran), "a cancelled job has run");
  }

  @Test
  default void whatHasEndedStaysAsItIs() {
    HPCProcess job = hpc().submit(hpc().job("ended").command("true").build());
    JobInfo end = hpc().end(job);
    Checks.completed(job, end);
    job.cancel();
    hpc().backend().cancel(List.of(job.id()));
    assertEquals(end, job.info());
    assertEquals(
        end.state(),
        Checks.answer(hpc().backend().status(List.of(job.id())), job.id()).state());
  }

  @Test
  default void toCancelTwiceIsAsGoodAsOnce() {
    HPCProcess job = hpc().submit(hpc().job("twice").command("sleep", "3600").build());
    job.cancel();
    job.cancel();
    assertCancelled(job);
    job.cancel();
    assertEquals(JobState.CANCELLED, job.info().state());
  }

  @Test
  default void whatNobodyKnowsIsPassedOver() {
    HPCProcess job = hpc().submit(hpc().job("known").command("sleep", "3600").build());
    JobId unknown = new JobId(hpc().backend().name(), NativeId.of(unknownNativeId()));
    hpc().backend().cancel(List.of(unknown, job.id()));
    assertCancelled(job);
  }

  @Test
  default void twoWhoCancelAtOnceBothSucceed() {
    HPCProcess job = hpc().submit(hpc().job("both").command("sleep", "3600").build());
    Backend other = hpc().another();
    CompletableFuture<Void> first = CompletableFuture.runAsync(job::cancel);
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> other.cancel(List.of(job.id())));
    first.join();
    second.join();
    assertCancelled(job);
    HPCProcess attached = other.attach(job.id());
    assertEquals(JobState.CANCELLED, hpc().end(attached).state());
  }

  private void assertCancelled(HPCProcess job) {
    JobInfo end = hpc().end(job);
    assertTrue(end.state() == JobState.CANCELLED, () -> "cancelled, and not " + end);
  }
}
