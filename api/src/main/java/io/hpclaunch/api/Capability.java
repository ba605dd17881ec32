// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Locale;

/**
 * What not every backend can do. A job that needs one that its backend lacks is refused with
 * {@link Unsupported} before anything is submitted.
 *
 * @since 0.1
 */
public enum Capability {
  /** Array jobs. */
  ARRAYS,
  /** Jobs that wait for others. */
  DEPENDENCIES,
  /** A container image around the command. */
  CONTAINERS,
  /** Files brought to the job before its submission. */
  STAGE_IN,
  /** Secret environment. */
  SECRETS,
  /** A launcher that starts the command several times. */
  LAUNCHERS,
  /** A file as standard input. */
  STDIN,
  /** Modules and lines of shell before the command. */
  PROLOGUE,
  /** A signal before the walltime is over. */
  WARNING,
  /** Options handed to the scheduler as they are. */
  NATIVE_OPTIONS,
  /** More than one node. */
  MULTIPLE_NODES,
  /** Gpus. */
  GPUS,
  /** A limit on the time a job may run. */
  WALLTIME,
  /** Queues, accounts, qualities of service, reservations, constraints. */
  QUEUES,
  /** Nodes that no other job runs on. */
  EXCLUSIVE,
  /** Chunks that differ, or have resources of their own: {@link Resources#needsPbs()}. */
  CHUNKS,
  /**
   * Jobs see the files of the transport's host under the same paths, as on a cluster with a shared
   * file system. Paths that a job names are then looked at before it is submitted.
   */
  SHARED_FILES;

  /**
   * The name for messages.
   *
   * @return such as {@code "stage in"}
   */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
