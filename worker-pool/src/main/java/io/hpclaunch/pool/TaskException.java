// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import org.jspecify.annotations.Nullable;

/**
 * Why a task gave no result, where no exception of its own can be given.
 *
 * @since 0.1
 */
public final class TaskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What happened. */
  public enum Reason {
    /** It threw something that cannot be read here: {@link #remoteStack} tells it. */
    THREW,
    /** It ran into its time limit. */
    TIMED_OUT,
    /** Three workers died while it ran. */
    WORKERS_DIED,
    /** Jobs of the pool ended one after the other before a worker of theirs came. */
    NO_WORKERS,
    /** A worker could not begin it: a class that is not allowed, a program that is not there. */
    REFUSED,
    /** What it gave cannot be read here. */
    UNREADABLE,
    /**
     * The batch was attached to, and the broker has its results no more: they were waited for too
     * long, or somebody removed them.
     */
    LOST
  }

  private final Reason reason;
  private final String remoteStack;

  TaskException(Reason reason, String message, String remoteStack, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.remoteStack = remoteStack;
  }

  /**
   * What happened.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }

  /**
   * The stack trace of what the task threw, as the worker printed it.
   *
   * @return empty where it threw nothing
   */
  public String remoteStack() {
    return remoteStack;
  }
}
