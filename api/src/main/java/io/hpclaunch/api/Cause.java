// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * Why a job is {@link JobState#FAILED}.
 *
 * @since 0.1
 */
public enum Cause {
  /** The command returned a status other than 0. */
  EXIT_CODE,
  /** A signal ended the command. */
  SIGNAL,
  /** It used more memory than it had. */
  OUT_OF_MEMORY,
  /** It reached its walltime or the scheduler's deadline. */
  TIMEOUT,
  /** A node failed, or could not be booted. */
  NODE_FAIL,
  /** It had to make way for another job. */
  PREEMPTED,
  /** It could not be started: no such executable, directory, module, image. */
  LAUNCH,
  /** A job that it depends on ended in a way that rules it out. */
  DEPENDENCY,
  /** Its files could not be brought where it needs them. */
  STAGING
}
