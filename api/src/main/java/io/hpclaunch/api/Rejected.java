// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * The scheduler refused, in its own words. Nothing of the submission runs.
 *
 * @since 0.1
 */
public final class Rejected extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public Rejected(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public Rejected(String message, Throwable cause) {
    super(message, cause);
  }
}
