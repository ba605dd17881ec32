// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A backend that can tell what its scheduler has to give.
 *
 * @since 0.1
 */
public interface ResourceReporter {
  /**
   * Asks for nodes and queues.
   *
   * @return what there is
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  ResourceReport resources();
}
