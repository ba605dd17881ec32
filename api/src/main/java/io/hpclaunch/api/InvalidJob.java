// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * The job, or a launch line, contradicts itself or cannot be carried out as written: mend it and
 * ask again. Nothing was submitted.
 *
 * @since 0.1
 */
public final class InvalidJob extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public InvalidJob(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public InvalidJob(String message, Throwable cause) {
    super(message, cause);
  }
}
