// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A launcher or program that was to be started does not exist here.
 *
 * @since 0.1
 */
public final class ExecutableNotFound extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public ExecutableNotFound(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public ExecutableNotFound(String message, Throwable cause) {
    super(message, cause);
  }
}
