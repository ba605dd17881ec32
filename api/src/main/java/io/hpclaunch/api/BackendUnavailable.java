// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * The scheduler, or the way to it, does not answer now: the same call may succeed later. It says
 * nothing about any job.
 *
 * @since 0.1
 */
public final class BackendUnavailable extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public BackendUnavailable(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public BackendUnavailable(String message, Throwable cause) {
    super(message, cause);
  }
}
