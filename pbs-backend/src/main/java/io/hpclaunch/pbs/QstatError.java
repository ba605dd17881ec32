// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.List;

/** What qstat said when it failed; OpenPBS 23.06 and Torque 6. */
final class QstatError {
  private static final List<String> DENIALS =
      List.of("Unknown Job Id", "Unknown Array", "Job has finished", "nonexistent job id");

  private QstatError() {}

  /**
   * Whether it only says that jobs are not known, or are no longer in the queue.
   *
   * @param stderr what it wrote to standard error
   * @return false where it said anything else, or nothing
   */
  static boolean isDenial(String stderr) {
    List<String> lines = PbsWords.lines(stderr);
    return !lines.isEmpty()
        && lines.stream().allMatch(line -> DENIALS.stream().anyMatch(line::contains));
  }
}
