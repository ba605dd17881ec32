// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import org.jspecify.annotations.Nullable;

/**
 * What an observation means for people.
 *
 * @param meaning a sentence
 * @param remedy what can be done, or null where nothing needs to be
 */
record Explanation(String meaning, @Nullable String remedy) {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  static Explanation of(JobInfo info) {
    return switch (info.state()) {
      case QUEUED -> queued(info);
      case HELD ->
        new Explanation(
            "It waits until somebody releases it.",
            "release it with the scheduler's own command, or ask the administrators");
      case RUNNING -> new Explanation("It runs.", null);
      case SUSPENDED ->
        new Explanation(
            "It was started and is stopped for now; the scheduler continues it later.", null);
      case COMPLETED -> new Explanation("It ended well.", null);
      case FAILED -> failed(info);
      case CANCELLED -> new Explanation("A user or an administrator ended it.", null);
      case LOST ->
        new Explanation(
            "Nobody knows it any more, and it left no evidence of its end.",
            "look at its output; submit it again where that shows that it did not end well");
      case UNKNOWN ->
        new Explanation(
            "Where it stands cannot be determined now. That says nothing about the job.",
            "try again later; 'hpc doctor' looks for what is wrong here");
    };
  }

  private static Explanation queued(JobInfo info) {
    String reason = info.reason() == null ? "" : info.reason();
    if (reason.contains("Can Never Run")
        || reason.contains("PartitionTimeLimit")
        || reason.contains("PartitionNodeLimit")) {
      return new Explanation(
          "It waits for something that this queue never gives.",
          "cancel it, and submit it with less, or to another queue");
    }
    return new Explanation("It waits for its turn.", null);
  }

  private static Explanation failed(JobInfo info) {
    Cause cause = info.cause();
    if (cause == null) {
      return new Explanation("It failed, and nobody told why.", "look at its output");
    }
    return switch (cause) {
      case EXIT_CODE -> exitCode(info);
      case SIGNAL ->
        new Explanation(
            "A signal ended its command.",
            "signals 6, 7, 8 and 11 are faults of the program; after 9 and 15 ask who sent it");
      case OUT_OF_MEMORY ->
        new Explanation("It used more memory than it had.", "ask for more with --mem");
      case TIMEOUT ->
        new Explanation(
            "It reached its walltime and was ended.",
            "ask for more with --walltime, or write checkpoints: --warn sends a signal in time");
      case NODE_FAIL ->
        new Explanation("A node that it ran on failed, or could not be booted.", "submit it again");
      case PREEMPTED ->
        new Explanation(
            "It had to make way for another job.",
            "submit it again, or to a queue or qos that is not preempted");
      case LAUNCH ->
        new Explanation(
            "Its command was not started: an executable, a directory, a module or an image is"
                + " missing where it was to run, or an output cannot be written there.",
            "mend what the reason names, and submit it again");
      case DEPENDENCY ->
        new Explanation(
            "A job that it waited for ended in a way that rules it out.",
            "see how that one ended, with 'hpc explain'");
      case STAGING ->
        new Explanation(
            "Its files could not be brought where it needs them.",
            "check that they exist and that there is room for them");
    };
  }

  private static Explanation exitCode(JobInfo info) {
    Integer code = info.exitCode();
    String meaning = "Its command returned a status other than 0.";
    if (code != null && code == NOT_FOUND) {
      return new Explanation(meaning, "127 mostly means that a program was not found on PATH");
    }
    if (code != null && code == NOT_EXECUTABLE) {
      return new Explanation(meaning, "126 mostly means that a file is not executable");
    }
    return new Explanation(meaning, "look at its output");
  }
}
