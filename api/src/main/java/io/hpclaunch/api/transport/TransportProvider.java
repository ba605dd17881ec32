// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.Settings;
import java.util.List;

/**
 * The service that a plugin with a way to other hosts implements; found like an
 * {@link io.hpclaunch.api.HPCBackend}, by the {@code type} of an entry's {@code transport}.
 *
 * @since 0.1
 */
public interface TransportProvider {
  /**
   * The type of transport.
   *
   * @return such as {@code ssh}
   */
  String name();

  /**
   * The keys that it understands in {@code transport}, beside {@code type}.
   *
   * @return the keys
   */
  List<ConfigKey> configKeys();

  /**
   * Opens the way to a host. Entries with equal settings share one.
   *
   * @param settings the entry's {@code transport}
   * @return the transport; it may connect when it is first used
   */
  Transport open(Settings settings);
}
