// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

/** A message is not what this version writes. */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message what is wrong with it
   */
  public WireException(String message) {
    super(message);
  }
}
