// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobState;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is checked again and again. */
final class Checks {
  private Checks() {}

  /**
   * Skips a test of what the backend does not claim; that it is refused then, another test checks.
   */
  static void needs(BackendUnderTest test, Capability capability) {
    assumeTrue(
        test.hpc().backend().capabilities().has(capability),
        test.type() + " (no " + capability.label() + ")");
    assumeTrue(
        capability != Capability.ARRAYS || test.hasArrays(), test.type() + " (too old for arrays)");
  }

  static void needsJobsHere(BackendUnderTest test) {
    assumeTrue(test.jobsRunHere(), test.type() + " (jobs run on other machines)");
  }

  static void completed(HPCProcess job, JobInfo end) {
    assertEquals(JobState.COMPLETED, end.state(), () -> told(job, end));
    assertEquals(0, end.exitCode(), () -> told(job, end));
    assertNull(end.cause(), () -> told(job, end));
    assertNull(end.signal(), () -> told(job, end));
  }

  static void failed(
      HPCProcess job,
      JobInfo end,
      Cause cause,
      @Nullable Integer exitCode,
      @Nullable Integer signal) {
    failed(job, end, cause);
    assertEquals(exitCode, end.exitCode(), () -> "exit code of " + told(job, end));
    assertEquals(signal, end.signal(), () -> "signal of " + told(job, end));
  }

  static void failed(HPCProcess job, JobInfo end, Cause cause) {
    assertEquals(JobState.FAILED, end.state(), () -> told(job, end));
    assertEquals(cause, end.cause(), () -> told(job, end));
  }

  /** The command was not started, and there are words that say why. */
  static void notLaunched(HPCProcess job, JobInfo end, String word) {
    failed(job, end, Cause.LAUNCH);
    String reason = end.reason();
    assertNotNull(reason, () -> "no reason: " + told(job, end));
    assertTrue(reason.contains(word), () -> "the reason says nothing of '" + word + "': " + reason);
  }

  static void output(HPCProcess job, String expected) {
    assertEquals(expected, job.logs().stdout(), () -> "standard output of " + job.id());
  }

  /** The answer for a key; fails where there is none. */
  static <K, V> V answer(Map<K, V> answers, K key) {
    V answer = answers.get(key);
    assertNotNull(answer, () -> "no answer for " + key + ": " + answers);
    return answer;
  }

  /** The error names what it is about. */
  static void names(Throwable error, String word) {
    assertTrue(message(error).contains(word), () -> "names no '" + word + "': " + error);
  }

  static String message(Throwable error) {
    return Objects.requireNonNull(error.getMessage(), "an error has a message");
  }

  private static String told(HPCProcess job, JobInfo end) {
    String errors;
    try {
      JobLogs logs = job.logs();
      errors = logs.stderr();
    } catch (RuntimeException e) {
      errors = e.toString();
    }
    return job.id() + ": " + end + "; standard error: " + errors;
  }
}
