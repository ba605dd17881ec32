// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.broker;

/**
 * A broker that runs in this process.
 *
 * @since 0.1
 */
public interface RunningBroker extends AutoCloseable {
  /**
   * Where it listens.
   *
   * @return the port, also where any free one was asked for
   */
  int port();

  /** Ends it: connections are closed, and what it holds is gone. Does nothing the second time. */
  @Override
  void close();
}
