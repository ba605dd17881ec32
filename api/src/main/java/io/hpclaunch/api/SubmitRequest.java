// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One submission, as core hands it to a plugin. Its paths are absolute and on the host that the
 * backend's transport reaches.
 *
 * @since 0.1
 */
public interface SubmitRequest {
  /**
   * What is to be run, with the entry's and the configuration's defaults filled in. Its
   * dependencies name jobs of this backend, as the scheduler knows them.
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
   * The job's folder. It exists, for its owner only.
   *
   * @return an absolute path
   */
  String jobDirectory();

  /**
   * The file in the job's folder that holds what {@link HPCBackend#script} returned for this
   * request. It is there, executable, when {@link HPCBackend#submit} is called.
   *
   * @return an absolute path
   */
  String scriptPath();

  /**
   * The job's standard input.
   *
   * @return a path in which {@code {id}} stands for the scheduler's id and {@code {index}} for the
   *     user's index of an element, or null for an empty input
   */
  @Nullable String stdin();

  /**
   * The file for standard output.
   *
   * @return a path with {@code {id}} and {@code {index}}
   */
  String stdout();

  /**
   * The file for standard error; equal to {@link #stdout()} where the two are joined.
   *
   * @return a path with {@code {id}} and {@code {index}}
   */
  String stderr();

  /**
   * The elements that this submission is to create, numbered as the scheduler shall number them. A
   * large array is split and its parts are moved below the largest index that the scheduler takes;
   * the script that core renders gives the job the user's index.
   *
   * @return the range, or null for a plain job
   */
  @Nullable ArrayRange array();

  /**
   * A batch script that announces itself, fences, opens the standard streams, sets the environment,
   * changes to the working directory, runs the program and writes the exit record. It takes the
   * scheduler's id from the variable {@code HPC_NATIVE_ID}, an element's index from
   * {@code HPC_ARRAY_INDEX}.
   *
   * @param directives lines that go right behind the first one, such as {@code #SBATCH --nodes=2}
   * @return the whole text
   * @throws InvalidJob when a directive holds a line end
   */
  default String script(List<String> directives) {
    return script(ScriptForm.DEFAULT.withDirectives(directives));
  }

  /**
   * The same script, fitted to a scheduler.
   *
   * @param form what differs from scheduler to scheduler
   * @return the whole text
   * @throws InvalidJob when a directive holds a line end
   */
  String script(ScriptForm form);
}
