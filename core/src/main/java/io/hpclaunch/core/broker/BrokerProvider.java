// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.broker;

import java.io.IOException;

/**
 * The service that a plugin with a broker for AMQP 0-9-1 implements, so that worker pools need
 * nothing that was installed or started before; found like an {@link io.hpclaunch.api.HPCBackend},
 * by its name.
 *
 * @since 0.1
 */
public interface BrokerProvider {
  /**
   * The broker's name.
   *
   * @return such as {@code embedded}
   */
  String name();

  /**
   * Starts a broker in this process. It listens when this returns, knows one user, and keeps
   * nothing beyond its end.
   *
   * @param context where it listens, and for whom
   * @return the broker, to be closed by the caller
   * @throws java.net.BindException when the port is taken, or the address is not this host's
   * @throws IOException when it cannot listen or start; the message says why
   */
  RunningBroker start(BrokerContext context) throws IOException;
}
