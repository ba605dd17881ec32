// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * This backend cannot do what was asked; the message names it. Told before anything is submitted.
 *
 * @since 0.1
 */
public final class Unsupported extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public Unsupported(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public Unsupported(String message, Throwable cause) {
    super(message, cause);
  }
}
