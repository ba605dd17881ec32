// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import io.hpclaunch.api.Settings;
import io.hpclaunch.core.config.BackendEntry;
import java.util.HashMap;
import java.util.Map;

/** An entry's transport, as core reads it. */
final class MapSettings {
  private MapSettings() {}

  static Settings of(Map<String, ?> values) {
    Map<String, Object> transport = new HashMap<>(values);
    transport.put("type", "ssh");
    BackendEntry entry = BackendEntry.of("box", Map.of("transport", transport));
    entry.checkTransport(new SshTransportProvider().configKeys());
    return entry.transport();
  }
}
