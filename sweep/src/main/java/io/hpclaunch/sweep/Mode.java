// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import java.util.Locale;

/**
 * How the combinations of a sweep become jobs.
 *
 * @since 0.1
 */
public enum Mode {
  /** An array where the backend has arrays and there are more than a handful, else single jobs. */
  AUTO,
  /** One job for each combination. */
  INDIVIDUAL,
  /** One array job, of which each element is a combination. */
  ARRAY;

  /**
   * Reads a mode.
   *
   * @param text {@code auto}, {@code individual} or {@code array}
   * @return the mode
   * @throws InvalidConfiguration when it is none of them
   */
  public static Mode parse(String text) {
    for (Mode mode : values()) {
      if (mode.toString().equals(text)) {
        return mode;
      }
    }
    throw new InvalidConfiguration(
        "unknown mode '" + text + "': there are auto, individual and array");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
