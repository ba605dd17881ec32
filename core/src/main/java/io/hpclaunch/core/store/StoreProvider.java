// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ConfigKey;
import java.util.List;

/**
 * The service that a plugin with another place for records and journals implements; found like an
 * {@link io.hpclaunch.api.HPCBackend}, by {@code store.type} of the configuration.
 *
 * @since 0.1
 */
public interface StoreProvider {
  /**
   * The type of store.
   *
   * @return such as {@code redis}; never {@code files}, which is core's own
   */
  String name();

  /**
   * The keys that it understands in {@code store}, beside {@code type}.
   *
   * @return the keys
   */
  List<ConfigKey> configKeys();

  /**
   * Makes a store. It connects when it is first used.
   *
   * @param context what it is opened with
   * @return the store
   * @throws io.hpclaunch.api.InvalidConfiguration when a value cannot be used
   */
  StateStore open(StoreContext context);
}
