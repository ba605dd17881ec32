// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.List;
import java.util.regex.Pattern;

/** What qstat said when it failed; OpenPBS 23.06 and Torque 6. */
final class QstatError {
  private static final List<String> DENIALS =
      List.of("Unknown Job Id", "Unknown Array", "Job has finished", "nonexistent job id");

  private QstatError() {}

  private static final Pattern NO_SUCH_OPTION =
      Pattern.compile("(?:invalid|illegal|unrecognized) option -- '?x");

  /**
   * Whether {@code -x} was refused, since the server forgets jobs that ended. The exit status is 0
   * then, and the list is empty.
   *
   * @param stderr what it wrote to standard error
   */
  static boolean isWithoutHistory(String stderr) {
    return stderr.contains("not configured to maintain job history");
  }

  /**
   * Whether a question for jobs that have ended was refused as such: this server keeps none, or
   * this qstat knows no {@code -x}.
   *
   * @param words what it wrote to standard error, or a line about that
   */
  static boolean refusesHistory(String words) {
    return isWithoutHistory(words) || NO_SUCH_OPTION.matcher(words).find();
  }

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
