// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.util.ArrayList;
import java.util.List;

/** What scancel said when it failed; scancel(1) of 22.05. */
final class ScancelError {
  private static final List<String> HARMLESS =
      List.of("Invalid job id specified", "Job/step already completing or completed");

  private ScancelError() {}

  /**
   * What was refused. All other jobs were asked to end.
   *
   * @param status the exit status
   * @param stderr what it wrote to standard error
   * @return one line, empty where nothing was refused
   * @throws BackendUnavailable when slurmctld was not reached
   */
  static String refusal(int status, String stderr) {
    String all = SchedulerCommands.oneLine(stderr);
    if (all.contains("Unable to contact slurm controller") || all.contains("Socket timed out")) {
      throw new BackendUnavailable("scancel: " + all);
    }
    List<String> refusals = new ArrayList<>();
    for (String line : stderr.split("\n", -1)) {
      String words = SchedulerCommands.oneLine(line);
      if (!words.isEmpty() && HARMLESS.stream().noneMatch(words::contains)) {
        refusals.add(words);
      }
    }
    if (refusals.isEmpty() && all.isEmpty()) {
      return "scancel ended with status " + status + " and said nothing";
    }
    return String.join("; ", refusals);
  }
}
