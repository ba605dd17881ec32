// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.List;

/**
 * How a batch script is fitted to a scheduler. The words for ids are for bash, which expands them
 * between double quotes on the job's node.
 *
 * @param directives lines that go right behind the first one
 * @param nativeId the scheduler's id of the job, of an array the whole array's, such as <code>
 *     ${SLURM_ARRAY_JOB_ID:-$SLURM_JOB_ID}</code>
 * @param index the scheduler's index of the element; empty for a plain job
 * @param attempt the number of the attempt, or an empty text: it is counted from the announcements
 * @param opensStreams whether the script opens the standard streams; false where the scheduler does
 * @since 0.1
 */
public record ScriptForm(
    List<String> directives, String nativeId, String index, String attempt, boolean opensStreams) {
  /**
   * No directives, the ids from {@code HPC_NATIVE_ID}, {@code HPC_ARRAY_INDEX} and
   * {@code HPC_ATTEMPT}, and the streams opened by the script.
   */
  public static final ScriptForm DEFAULT = new ScriptForm(
      List.of(), "${HPC_NATIVE_ID-}", "${HPC_ARRAY_INDEX-}", "${HPC_ATTEMPT-}", true);

  /** Copies the list. */
  public ScriptForm {
    directives = List.copyOf(directives);
  }

  /**
   * The same form with other directives.
   *
   * @param lines the directives
   * @return the form
   */
  public ScriptForm withDirectives(List<String> lines) {
    return new ScriptForm(lines, nativeId, index, attempt, opensStreams);
  }

  /**
   * The same form for a scheduler that opens the standard streams itself.
   *
   * @return the form
   */
  public ScriptForm streamsOpened() {
    return new ScriptForm(directives, nativeId, index, attempt, false);
  }
}
