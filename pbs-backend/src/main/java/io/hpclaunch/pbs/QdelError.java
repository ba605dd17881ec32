// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.BackendUnavailable;
import java.util.ArrayList;
import java.util.List;

/** What qdel said when it failed; OpenPBS 23.06 and Torque 6. */
final class QdelError {
  /** The job has ended, or is about to. */
  private static final List<String> HARMLESS = List.of(
      "Unknown Job Id",
      "Unknown Array ID",
      "nonexistent job id",
      "illegally formed job identifier",
      "Job has finished",
      "Request invalid for finished array subjob",
      "Request invalid for state of job",
      "Job already in exit state",
      "Delete already in progress",
      "job is being deleted",
      "Job not found");

  private QdelError() {}

  /**
   * What was refused. All other jobs were asked to end, also those that stand behind the refused.
   *
   * @param status the exit status
   * @param stderr what it wrote to standard error
   * @return one line, empty where nothing was refused
   * @throws BackendUnavailable when the server was not reached
   */
  static String refusal(int status, String stderr) {
    if (PbsWords.isUnreachable(stderr)) {
      throw new BackendUnavailable("qdel: " + PbsWords.oneLine(stderr));
    }
    List<String> lines = PbsWords.lines(stderr);
    List<String> refusals = new ArrayList<>();
    for (String words : lines) {
      if (HARMLESS.stream().noneMatch(words::contains)) {
        refusals.add(words);
      }
    }
    if (status == 0) {
      return "";
    }
    return lines.isEmpty()
        ? "qdel ended with status " + status + " and said nothing"
        : PbsWords.join(refusals);
  }
}
