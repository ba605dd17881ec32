// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.Settings;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * What a store is opened with.
 *
 * @param settings the configuration's {@code store}, its keys and types checked
 * @param environment the environment
 * @param folder what relative paths start from
 * @param home what {@code ~} is
 * @param durable whether what is written must survive the loss of power
 * @param clock tells when an end became known
 */
public record StoreContext(
    Settings settings,
    Map<String, String> environment,
    Path folder,
    Path home,
    boolean durable,
    Clock clock) {
  /** Copies the map. */
  public StoreContext {
    environment = Map.copyOf(environment);
  }
}
