// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Backend;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.pool.amqp.BrokerAddress;
import java.util.Optional;
import java.util.OptionalInt;

/** The broker of a pool: one that runs elsewhere, or this process's own. */
sealed interface PoolBroker extends AutoCloseable permits NamedBroker, OwnBroker {
  /**
   * Chooses: the one that {@code amqp_url} names, else one of this process's own. Nothing is
   * started.
   *
   * @param settings the pool
   * @param backend where its workers run
   * @param folder its place in the state folder
   * @param parts has the plugins
   * @return its broker
   * @throws io.hpclaunch.api.InvalidConfiguration when the one that is named cannot be used
   */
  static PoolBroker of(
      PoolSettings settings, Backend backend, PoolFolder folder, RuntimeParts parts) {
    return settings.settings().string("amqp_url").isPresent()
        ? NamedBroker.of(settings.settings(), parts.sources())
        : new OwnBroker(settings, backend, folder, parts.foundPlugins());
  }

  /**
   * Starts it, where it is this process's own.
   *
   * @param secret the password of its user
   * @param port where the last one listened, or 0
   * @return where it listens; what was given, where it is not this process's own; empty, where
   *     another process has the pool's broker
   * @throws io.hpclaunch.api.InvalidConfiguration when nodes could not reach it
   * @throws io.hpclaunch.api.BackendUnavailable when it cannot start
   */
  OptionalInt start(String secret, int port);

  /** Where it is, or empty: it is this process's own, and not started. */
  Optional<BrokerAddress> address();

  /** Ends it, where it is this process's own. */
  @Override
  void close();
}
