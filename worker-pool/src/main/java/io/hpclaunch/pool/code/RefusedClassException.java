// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.code;

import java.io.IOException;

/** Bytes name a class that is not allowed. */
public final class RefusedClassException extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param type the class
   * @param what what was read
   */
  public RefusedClassException(String type, String what) {
    super(what + " holds a " + type + ", which may not be read; to allow it, name it in 'allow' of"
        + " the pool, as in allow: [" + type + "]");
  }
}
