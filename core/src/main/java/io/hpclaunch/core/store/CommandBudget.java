// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandFailed;

/** How often commands may begin on a scheduler's host. */
public interface CommandBudget {
  /** As often as they like. */
  CommandBudget NONE = command -> {};

  /**
   * Waits until a command may begin, and counts it.
   *
   * @param command what is about to be started; its time limit begins afterwards
   * @throws CommandFailed when the thread is interrupted: the command is not to be started
   */
  void await(Command command) throws CommandFailed;
}
