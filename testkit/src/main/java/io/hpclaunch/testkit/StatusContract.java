// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is told of jobs is true, the same for all who ask, and told once. */
interface StatusContract extends BackendUnderTest {
  @Test
  default void oneQuestionIsAnsweredForJobsOfAllStates() {
    Checks.needsJobsHere(this);
    HPCProcess good = hpc().submit(hpc().job("good").command("true").build());
    HPCProcess bad = hpc().submit(hpc().job("bad").command("false").build());
    hpc().end(good);
    hpc().end(bad);
    Path go = hpc().folder().resolve("go");
    HPCProcess running = hpc().submit(Gate.job(hpc(), "running", go));
    hpc().until("the job runs", () -> Gate.isReached(go));
    JobId unknown = new JobId(hpc().backend().name(), NativeId.of(unknownNativeId()));
    List<JobId> asked = List.of(running.id(), unknown, bad.id(), good.id());
    hpc()
        .until(
            "is told to run",
            () -> Checks.answer(hpc().backend().status(asked), running.id()).state()
                == JobState.RUNNING);
    Map<JobId, JobInfo> told = hpc().backend().status(asked);
    assertEquals(Set.of(good.id(), bad.id(), running.id()), told.keySet());
    assertEquals(JobState.COMPLETED, Checks.answer(told, good.id()).state());
    assertEquals(Cause.EXIT_CODE, Checks.answer(told, bad.id()).cause());
    Gate.open(go);
    Checks.completed(running, hpc().end(running));
  }

  @Test
  default void aJobThatWaitsIsToldToWait() {
    Checks.needs(this, Capability.DEPENDENCIES);
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess parent = hpc().submit(Gate.job(hpc(), "parent", go));
    HPCProcess child = hpc()
        .submit(hpc()
            .job("child")
            .dependsOn(Dependency.afterOk(parent.id()))
            .command("true")
            .build());
    JobInfo told = Checks.answer(hpc().backend().status(List.of(child.id())), child.id());
    assertEquals(JobState.Phase.PENDING, told.state().phase(), told::toString);
    Gate.open(go);
    Checks.completed(child, hpc().end(child));
  }

  @Test
  default void aJobThatNeverWasHasNoState() {
    JobId unknown = new JobId(hpc().backend().name(), NativeId.of(unknownNativeId()));
    assertEquals(Map.of(), hpc().backend().status(List.of(unknown)));
    assertThrows(InvalidJob.class, () -> hpc().backend().attach(unknown));
  }

  @Test
  default void anotherProcessLearnsTheTrueEnd() {
    HPCProcess job =
        hpc().submit(hpc().job("told").shell("echo from the job; exit 7").build());
    HPCProcess seen = hpc().another().attach(job.id());
    Checks.failed(seen, hpc().end(seen), Cause.EXIT_CODE, 7, null);
    Checks.output(seen, "from the job\n");
    HPCProcess later = hpc().another().attach(job.id());
    Checks.failed(later, hpc().end(later), Cause.EXIT_CODE, 7, null);
    Checks.failed(job, hpc().end(job), Cause.EXIT_CODE, 7, null);
  }

  @Test
  default void oneWhoNeverSawTheJobMayWaitForItAndCancelIt() {
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess job = hpc().submit(Gate.job(hpc(), "foreign", go));
    hpc().until("the job runs", () -> Gate.isReached(go));
    HPCProcess seen = hpc().stranger().attach(job.id());
    assertFalse(seen.onExit().isDone(), "the job has not ended");
    seen.cancel();
    JobInfo end = hpc().end(job); // not every scheduler remembers that somebody asked
    assertTrue(
        end.state() == JobState.CANCELLED || end.cause() == Cause.SIGNAL,
        () -> "cancelled, or ended by a signal, and not " + end);
    assertEquals(JobState.CANCELLED, hpc().end(seen).state());
  }

  @Test
  default void twoWhoWaitAreToldTheSame() {
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess job = hpc().submit(Gate.job(hpc(), "both", go));
    Backend other = hpc().another();
    CompletableFuture<JobInfo> first = job.onExit();
    CompletableFuture<JobInfo> second = other.attach(job.id()).onExit();
    Gate.open(go);
    hpc().until("both are told", () -> first.isDone() && second.isDone());
    assertEquals(JobState.COMPLETED, first.join().state());
    assertEquals(JobState.COMPLETED, second.join().state());
    assertEquals(first.join().exitCode(), second.join().exitCode());
  }

  @Test
  default void theEndIsToldOnceAndStays() throws InterruptedException {
    HPCProcess job = hpc().submit(hpc().job("end").shell("exit 4").build());
    List<JobInfo> told = new ArrayList<>();
    CompletableFuture<Void> heard = job.onExit().thenAccept(told::add);
    JobInfo end = hpc().end(job);
    hpc().until("the callback ran", heard::isDone);
    assertEquals(List.of(end), told);
    assertEquals(end, job.onExit().join());
    assertEquals(end, job.info());
    assertEquals(Optional.of(end), job.waitFor(Duration.ZERO));
    JobInfo asked = Checks.answer(hpc().backend().status(List.of(job.id())), job.id());
    assertEquals(end.state(), asked.state());
    assertEquals(end.exitCode(), asked.exitCode());
    assertEquals(end, job.info(), "the question changed nothing");
  }

  @Test
  default void aCallbackThatThrowsOrLastsHarmsNobody() {
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess first = hpc().submit(Gate.job(hpc(), "first", go)); // ends when somebody listens
    CountDownLatch othersEnded = new CountDownLatch(1);
    CompletableFuture<Boolean> lasting = first.onExit().thenApply(end -> await(othersEnded));
    CompletableFuture<Void> throwing = first.onExit().thenAccept(end -> {
      throw new IllegalStateException("a user's mistake");
    });
    Gate.open(go);
    hpc().end(first);
    HPCProcess second = hpc().submit(hpc().job("second").command("true").build());
    Checks.completed(second, hpc().end(second));
    assertFalse(lasting.isDone(), "the first callback still runs");
    othersEnded.countDown();
    hpc().until("the callbacks are over", () -> lasting.isDone() && throwing.isDone());
    assertEquals(true, lasting.join());
  }

  /** Waits for longer than any test does. */
  private static boolean await(CountDownLatch latch) {
    try {
      return latch.await(1, TimeUnit.HOURS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Test
  default void aWaitIsBounded() throws InterruptedException {
    HPCProcess job = hpc().submit(hpc().job("long").command("sleep", "3600").build());
    assertEquals(Optional.empty(), job.waitFor(Duration.ofMillis(300)));
    assertEquals(Optional.empty(), job.waitFor(Duration.ZERO));
    job.cancel();
    assertEquals(JobState.CANCELLED, hpc().end(job).state());
  }

  @Test
  default void manyJobsAtOnceAllEnd() {
    List<HPCProcess> jobs = new ArrayList<>();
    for (int i = 0; i < manyJobs(); i++) {
      jobs.add(hpc().submit(hpc().job("many " + i).shell("echo " + i).build()));
    }
    Set<JobId> ids = new HashSet<>();
    for (int i = 0; i < jobs.size(); i++) {
      HPCProcess job = jobs.get(i);
      Checks.completed(job, hpc().end(job));
      Checks.output(job, i + "\n");
      ids.add(job.id());
    }
    assertEquals(manyJobs(), ids.size(), "each has an id of its own");
  }
}
