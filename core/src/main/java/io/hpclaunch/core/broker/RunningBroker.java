// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.broker;

/**
 * A broker that runs in this process, which may not end before it is closed.
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

  /**
   * Ends it: connections are closed, and what it holds is gone. The port is free, and no thread of
   * it runs when this returns. Does nothing the second time.
   */
  @Override
  void close();
}
