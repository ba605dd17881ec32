// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

/**
 * Is told what the operator does. Called by the thread that runs it.
 *
 * @since 0.1
 */
public interface RunListener {
  /** Listens to nothing. */
  RunListener NOBODY = new RunListener() {};

  /**
   * A run stands anew.
   *
   * @param status where it stands
   */
  default void seen(RunStatus status) {}

  /**
   * A task stands anew.
   *
   * @param run the run
   * @param task where the task stands
   */
  default void changed(String run, TaskStatus task) {}

  /**
   * Something cannot be done now, and will be tried again.
   *
   * @param problem one line for the user
   */
  default void problem(String problem) {}

  /**
   * Input files are uploaded.
   *
   * @param task the task that needs them
   * @param files how many
   * @param bytes how many
   */
  default void uploading(String task, long files, long bytes) {}

  /**
   * Results are collected.
   *
   * @param task the task that made them
   * @param files how many
   * @param bytes how many
   */
  default void collecting(String task, long files, long bytes) {}
}
