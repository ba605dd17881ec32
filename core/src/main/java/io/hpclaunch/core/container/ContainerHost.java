// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import java.time.Duration;

/** What a backend knows of the place where its jobs' containers run. */
public interface ContainerHost {
  /**
   * How long after the signal that asks a job to end it is killed. A container is removed before.
   *
   * @return the scheduler's time from TERM to KILL
   */
  Duration killGrace();

  /**
   * Whether jobs run on the host that the transport reaches, so that a runtime that is missing
   * there is missing to them.
   *
   * @return false by default: nodes may have what the login host lacks
   */
  default boolean runsOnTransportsHost() {
    return false;
  }
}
