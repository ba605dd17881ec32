// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A backend without a scheduler that knows everybody's jobs: it keeps the list of them itself, in a
 * folder, and knows nothing of jobs in another such folder. Core asks it only about jobs of its own
 * folder, and never takes those of another one for gone: of a client on another host, which shares
 * its records with this one, or of the time before the configuration named this folder.
 *
 * @since 0.1
 */
public interface JobLedger {
  /**
   * The folder of the list.
   *
   * @return an absolute path on the host that the transport reaches; always the same
   * @throws BackendUnavailable when that host has to be asked and cannot be
   */
  String ledger();
}
