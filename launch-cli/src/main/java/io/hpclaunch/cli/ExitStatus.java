// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Unsupported;

/** The exit statuses that are the command's own and not a job's. */
public final class ExitStatus {
  /** All is well. */
  public static final int OK = 0;

  /** Something was found wrong, or a fault of our own. */
  public static final int PROBLEM = 1;

  /** Wrong usage or configuration, an unknown name. */
  public static final int WRONG_USAGE = 2;

  /** The backend refused, cannot, or was not reached. */
  public static final int REFUSED = 3;

  /** No record of ours has the job, and the scheduler denies it. */
  public static final int NO_SUCH_JOB = 4;

  /** Some of many commands failed, as xargs(1) has it. */
  public static final int SOME_FAILED = 123;

  /** A time limit passed, as timeout(1) has it. */
  public static final int TIMED_OUT = 124;

  /** There is no such executable or launcher. */
  public static final int NOT_FOUND = 127;

  /** Ended by Ctrl-C; also of a job that was cancelled. */
  public static final int INTERRUPTED = 130;

  /** Whoever read our output has gone: what a shell tells of a program that SIGPIPE ended. */
  public static final int CLOSED_PIPE = 141;

  private ExitStatus() {}

  /**
   * The status for an error.
   *
   * @param error the error
   * @return its status
   */
  public static int of(HpcException error) {
    if (error instanceof ExecutableNotFound) {
      return NOT_FOUND;
    }
    if (error instanceof InvalidConfiguration || error instanceof InvalidJob) {
      return WRONG_USAGE;
    }
    boolean known = error instanceof Rejected
        || error instanceof BackendUnavailable
        || error instanceof OutcomeUnknown
        || error instanceof Unsupported;
    return known ? REFUSED : PROBLEM;
  }
}
