// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.io.IOException;

/** A record, or a stored spec, that cannot be understood. Other jobs are not concerned. */
public final class DamagedRecord extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the error.
   *
   * @param message one line that names the file and what is wrong with it
   * @param cause what led to it
   */
  public DamagedRecord(String message, Throwable cause) {
    super(message, cause);
  }
}
