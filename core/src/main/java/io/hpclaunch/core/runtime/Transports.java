// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.api.transport.TransportProvider;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.transport.LocalTransport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways to hosts; entries with equal settings share one. Guarded by the runtime's lock. */
final class Transports implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Transports.class);
  private static final String LOCAL = "local";

  private final Plugins plugins;
  private final Map<Map<String, @Nullable Object>, Transport> open = new HashMap<>();

  Transports(Plugins plugins) {
    this.plugins = plugins;
  }

  Transport of(BackendEntry entry) {
    Settings settings = entry.transport();
    String type = settings.string("type").orElse(LOCAL);
    if (type.equals(LOCAL)) {
      entry.checkTransport(List.of());
      return new LocalTransport();
    }
    Transport known = open.get(settings.asMap());
    if (known == null) {
      TransportProvider provider = provider(type, entry);
      entry.checkTransport(provider.configKeys());
      known = ContextLoader.within(provider, () -> provider.open(settings));
      open.put(settings.asMap(), known);
    }
    return known;
  }

  private TransportProvider provider(String type, BackendEntry entry) {
    return plugins
        .transport(type)
        .orElseThrow(() ->
            new InvalidConfiguration("%s: unknown transport '%s' of backend %s; there are: %s"
                .formatted(
                    entry.transport().origin("type").orElse(entry.origin()),
                    type,
                    entry.name(),
                    known())))
        .newInstance();
  }

  private String known() {
    List<String> names = plugins.names(PluginInfo.Kind.TRANSPORT);
    return names.isEmpty() ? LOCAL : LOCAL + ", " + String.join(", ", names);
  }

  @Override
  public void close() {
    open.values().forEach(transport -> {
      try {
        transport.close();
      } catch (RuntimeException e) {
        log.warn("Cannot close the way to {}", transport.host(), e);
      }
    });
  }
}
