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

  /** There is no such executable or launcher. */
  public static final int NOT_FOUND = 127;

  private ExitStatus() {}

  /**
   * The status for an error.
   *
   * @param error the error
   * @return its status
   */
  static int of(HpcException error) {
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
