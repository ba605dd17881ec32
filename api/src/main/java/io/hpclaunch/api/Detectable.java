// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.transport.Transport;
import org.jspecify.annotations.Nullable;

/**
 * A backend that can tell whether its scheduler is here, for users who did not configure any.
 *
 * @since 0.1
 */
public interface Detectable {
  /**
   * When this backend is asked, beside others.
   *
   * @return the least is asked first and taken when present: PBS 100, Slurm 200, the shell 1000
   */
  int detectionOrder();

  /**
   * Looks whether the scheduler is here and answers. It need not be initialized for that.
   *
   * @param here the way to this machine; commands that go this way are given a time limit
   * @return what was found
   */
  Finding detect(Transport here);

  /**
   * What was found.
   *
   * @param present whether the scheduler can be used
   * @param explanation what was looked for and found, such as {@code sbatch is not on PATH}
   * @param remedy what the user can do about its absence, or null
   */
  record Finding(
      boolean present, String explanation, @Nullable String remedy) {
    /**
     * The scheduler can be used.
     *
     * @param explanation what was found
     * @return the finding
     */
    public static Finding present(String explanation) {
      return new Finding(true, explanation, null);
    }

    /**
     * The scheduler cannot be used.
     *
     * @param explanation what was looked for
     * @param remedy what the user can do about it, or null
     * @return the finding
     */
    public static Finding absent(String explanation, @Nullable String remedy) {
      return new Finding(false, explanation, remedy);
    }
  }
}
