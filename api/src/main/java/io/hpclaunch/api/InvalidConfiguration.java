// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * The configuration cannot be used: an unknown key, a value of the wrong kind, a name that no
 * backend or launcher answers to. The message names the file and the line where there is one.
 *
 * @since 0.1
 */
public final class InvalidConfiguration extends HpcException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line for the user
   */
  public InvalidConfiguration(String message) {
    super(message, null);
  }

  /**
   * Makes the error.
   *
   * @param message one line for the user
   * @param cause what led to it
   */
  public InvalidConfiguration(String message, Throwable cause) {
    super(message, cause);
  }
}
