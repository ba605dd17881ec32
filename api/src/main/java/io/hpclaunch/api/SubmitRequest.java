// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One submission, as core hands it to a plugin.
 *
 * @since 0.1
 */
public interface SubmitRequest {
  /**
   * What is to be run, with the entry's and the configuration's defaults filled in.
   *
   * @return the job
   */
  JobSpec spec();

  /**
   * The token that must travel with the job to where {@link HPCBackend#find} finds it.
   *
   * @return the token
   */
  Token token();

  /**
   * The attempt that this submission begins with.
   *
   * @return at least 1
   */
  int attempt();

  /**
   * The job's folder, on the host that the backend's transport reaches. It exists.
   *
   * @return an absolute path
   */
  String jobDirectory();

  /**
   * The script that core wrote to the job's folder and that a scheduler of batch scripts is given;
   * it announces itself, fences, sets the environment, changes to the working directory, runs the
   * program and writes the exit record.
   *
   * @param directives lines that go right behind the first one, such as {@code #SBATCH --nodes=2}
   * @return the whole text
   */
  String script(List<String> directives);

  /**
   * The elements of the array that this submission is to create, when a large array had to be
   * split.
   *
   * @return the part of {@link JobSpec#array()}; null for a plain job
   */
  @Nullable ArrayRange array();
}
