// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchSettings;

/** Contexts for those who ask a launcher about itself and plan nothing. */
public final class LaunchContexts {
  private LaunchContexts() {}

  /**
   * The context of a launch on this machine.
   *
   * @param world what is known of the process that asks
   * @param requestedName the name under which the launcher was found
   * @param settings the {@code launch} part of a configured entry
   * @return the context, with the topology that the machine itself has
   */
  public static LaunchContext local(
      LaunchEnvironment world, String requestedName, LaunchSettings settings) {
    return new LocalLaunchContext(
        world, requestedName, settings, LocalLaunchContext.TopologyOverride.NONE);
  }
}
