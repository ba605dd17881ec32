// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A backend whose scheduler keeps the output of a job until its end, and then brings it to the
 * files that the job named, as PBS does. Who asks for the output meanwhile waits for it, for a
 * minute at the longest.
 *
 * @since 0.1
 */
public interface OutputDelivery {
  /**
   * Whether a job's output is on its way.
   *
   * @param info the last that was seen of the job
   * @return true from the end of its command until its files are whole
   */
  boolean isDelivering(JobInfo info);
}
