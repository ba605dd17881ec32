// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;

/**
 * Explains where a job stands, with advice that its backend can follow.
 *
 * @param info where it stands
 * @param can what its backend can do
 * @param logs the command that prints its output
 */
record Explainer(JobInfo info, Capabilities can, String logs) {
  private static final int NOT_EXECUTABLE = 126;
  private static final int NOT_FOUND = 127;

  Explanation explanation() {
    return switch (info.state()) {
      case QUEUED -> queued();
      case HELD ->
        new Explanation(
            "It waits until somebody releases it.",
            "release it with the scheduler's own command, or ask the administrators");
      case RUNNING -> new Explanation("It runs.", null);
      case SUSPENDED ->
        new Explanation(
            "It was started and is stopped for now; the scheduler continues it later.", null);
      case COMPLETED -> new Explanation("It ended well.", null);
      case FAILED -> failed();
      case CANCELLED -> new Explanation("A user or an administrator ended it.", null);
      case LOST ->
        new Explanation(
            "Nobody knows it any more, and it left no evidence of its end.",
            output() + "; submit it again where that shows that it did not end well");
      case UNKNOWN ->
        new Explanation(
            "Where it stands cannot be determined now. That says nothing about the job.",
            "try again later; 'hpc doctor' looks for what is wrong here");
    };
  }

  private Explanation queued() {
    String reason = info.reason() == null ? "" : info.reason();
    if (reason.contains("Can Never Run")
        || reason.contains("PartitionTimeLimit")
        || reason.contains("PartitionNodeLimit")) {
      return new Explanation(
          "It waits for something that this queue never gives.",
          "cancel it, and submit it with less"
              + (has(Capability.QUEUES) ? ", or to another queue" : ""));
    }
    return new Explanation("It waits for its turn.", null);
  }

  private Explanation failed() {
    Cause cause = info.cause();
    if (cause == null) {
      return new Explanation("It failed, and nobody told why.", output());
    }
    return switch (cause) {
      case EXIT_CODE -> exitCode();
      case SIGNAL ->
        new Explanation(
            "A signal ended its command.",
            "signals 6, 7, 8 and 11 are faults of the program; after 9 and 15 ask who sent it");
      case OUT_OF_MEMORY ->
        new Explanation("It used more memory than it had.", "ask for more with --mem");
      case TIMEOUT ->
        new Explanation(
            "It reached its walltime and was ended.",
            "ask for more with --walltime, or write checkpoints"
                + (has(Capability.WARNING) ? ": --warn sends a signal in time" : ""));
      case NODE_FAIL ->
        new Explanation("A node that it ran on failed, or could not be booted.", "submit it again");
      case PREEMPTED ->
        new Explanation(
            "It had to make way for another job.",
            "submit it again"
                + (has(Capability.QUEUES) ? ", or to a queue or qos that is not preempted" : ""));
      case LAUNCH ->
        new Explanation(
            "Its command was not started: " + missing() + ".",
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

  private Explanation exitCode() {
    Integer code = info.exitCode();
    String meaning = "Its command returned a status other than 0.";
    if (code != null && code == NOT_FOUND) {
      return new Explanation(meaning, "127 mostly means that a program was not found on PATH");
    }
    if (code != null && code == NOT_EXECUTABLE) {
      return new Explanation(meaning, "126 mostly means that a file is not executable");
    }
    return new Explanation(meaning, output());
  }

  private String missing() {
    return "an executable, a directory" + (has(Capability.PROLOGUE) ? ", a module" : "")
        + " or an image is missing where it was to run"
        + (isInFiles() ? ", or an output cannot be written there" : "");
  }

  private String output() {
    return isInFiles() ? "look at its output" : "look at its output, with '" + logs + "'";
  }

  private boolean has(Capability capability) {
    return can.has(capability);
  }

  private boolean isInFiles() {
    return hasFiles(can);
  }

  /** Whether the backend's jobs write into files; else their scheduler keeps what they write. */
  static boolean hasFiles(Capabilities can) {
    return can.has(Capability.SHARED_FILES);
  }
}
