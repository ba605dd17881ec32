// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Unsupported;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** How a job ended is told as it was. */
interface EndContract extends BackendUnderTest {
  @TestFactory
  default Stream<DynamicTest> exitCodes() {
    return Stream.of(0, 1, 42, 255).map(code -> dynamicTest("exit " + code, () -> exit(code)));
  }

  private void exit(int code) {
    HPCProcess job = hpc().submit(hpc().job("exit").shell("exit " + code).build());
    JobInfo end = hpc().end(job);
    if (code == 0) {
      Checks.completed(job, end);
    } else {
      Checks.failed(job, end, Cause.EXIT_CODE, code, null);
    }
  }

  @Test
  default void aSignalIsNoExitCode() {
    HPCProcess job =
        hpc().submit(hpc().job("signal").command("sh", "-c", "kill -KILL $$").build());
    Checks.failed(job, hpc().end(job), Cause.SIGNAL, null, 9);
  }

  @Test
  default void aCommandThatDoesNotExistIsNotLaunched() {
    HPCProcess job = hpc()
        .submit(hpc().job("nothing").command("no-such-command-of-ours", "x").build());
    Checks.notLaunched(job, hpc().end(job), "no-such-command-of-ours");
  }

  @Test
  default void aWorkingDirectoryThatDoesNotExistIsRefusedOrNotLaunched() {
    Checks.needsJobsHere(this); // runtimes of containers make it
    String missing = hpc().folder() + "/no such directory";
    JobSpec spec =
        hpc().job("nowhere").workingDirectory(missing).shell("echo it ran").build();
    refusedOrNotLaunched(spec, "no such directory");
  }

  @Test
  default void anOutputThatCannotBeWrittenIsRefusedOrNotLaunched() {
    JobSpec spec =
        hpc().job("unwritable").stdout("/proc/no/such/file").command("true").build();
    refusedOrNotLaunched(spec, "/proc/no/such/file");
  }

  private void refusedOrNotLaunched(JobSpec spec, String word) {
    HPCProcess job;
    try {
      job = hpc().submit(spec);
    } catch (InvalidJob | Rejected | Unsupported e) {
      Checks.names(e, word);
      return;
    } catch (HpcException e) {
      throw new AssertionError("neither InvalidJob nor Rejected nor Unsupported", e);
    }
    Checks.notLaunched(job, hpc().end(job), word);
  }

  @Test
  default void aPrologueRunsBeforeTheCommandAndInItsEnvironment() {
    Checks.needs(this, Capability.PROLOGUE);
    HPCProcess job = hpc()
        .submit(hpc()
            .job("prologue")
            .prologue("export CONTRACT='from the prologue'", "echo first")
            .command("sh", "-c", "echo \"$CONTRACT\"")
            .build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "first\nfrom the prologue\n");
  }

  @Test
  default void aPrologueThatFailsEndsTheJobBeforeItsCommand() {
    Checks.needs(this, Capability.PROLOGUE);
    HPCProcess job = hpc()
        .submit(hpc()
            .job("prologue")
            .prologue("no-such-line-of-ours --help")
            .command("echo", "it ran")
            .build());
    Checks.notLaunched(job, hpc().end(job), "no-such-line-of-ours");
    assertFalse(job.logs().stdout().contains("it ran"), "the command ran all the same");
  }

  @Test
  default void aModuleThatDoesNotExistEndsTheJobBeforeItsCommand() {
    Checks.needs(this, Capability.PROLOGUE);
    HPCProcess job = hpc()
        .submit(hpc()
            .job("module")
            .modules("no-such-module-of-ours/1.0")
            .command("echo", "it ran")
            .build());
    Checks.notLaunched(job, hpc().end(job), "no-such-module-of-ours");
    assertFalse(job.logs().stdout().contains("it ran"), "the command ran all the same");
  }

  @Test
  default void theWalltimeEndsAJob() {
    Checks.needs(this, Capability.WALLTIME);
    HPCProcess job = hpc()
        .submit(hpc()
            .job("long")
            .walltime(shortestWalltime())
            .command("sleep", "3600")
            .build());
    Checks.failed(job, hpc().end(job), Cause.TIMEOUT);
  }

  @Test
  default void aJobIsWarnedBeforeItsWalltimeIsOver() {
    Checks.needs(this, Capability.WALLTIME);
    Checks.needs(this, Capability.WARNING);
    HPCProcess job = hpc()
        .submit(hpc()
            .job("warned")
            .walltime(shortestWalltime().plusSeconds(60))
            .warn("USR1", Duration.ofSeconds(60))
            .shell("trap 'echo warned; exit 3' USR1", "while :; do sleep 0.1; done")
            .build());
    Checks.failed(job, hpc().end(job), Cause.EXIT_CODE, 3, null);
    Checks.output(job, "warned\n");
  }

  @Test
  default void timesAreInOrder() {
    Instant before = Instant.now().minusSeconds(1);
    HPCProcess job = hpc().submit(hpc().job("times").command("true").build());
    JobInfo end = hpc().end(job);
    Checks.completed(job, end);
    Instant submitted = Objects.requireNonNull(end.submitted(), "submitted: when");
    Instant ended = Objects.requireNonNull(end.ended(), "ended: when");
    Instant started = Objects.requireNonNullElse(end.started(), submitted);
    // Schedulers count whole seconds.
    assertTrue(!submitted.isBefore(before.minusSeconds(1)), () -> "submitted too early: " + end);
    assertTrue(!started.plusSeconds(1).isBefore(submitted), () -> "started too early: " + end);
    assertTrue(!ended.plusSeconds(1).isBefore(started), () -> "ended too early: " + end);
    assertEquals(1, end.attempt(), () -> "the first attempt: " + end);
  }

  @Test
  default void aJobThatRunsIsTold() {
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess job = hpc().submit(Gate.job(hpc(), "gate", go));
    hpc().until("is told to run", () -> job.info().state() == JobState.RUNNING);
    assertFalse(job.onExit().isDone(), "it has not ended");
    Gate.open(go);
    Checks.completed(job, hpc().end(job));
    assertTrue(Files.exists(go), "it waited for the file");
  }
}
