// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.plugin.Found;
import java.time.Clock;

/** Makes a backend of an entry and a plugin: checks the keys, opens the transport, initializes. */
final class BackendFactory {
  private final Transports transports;
  private final ConfigSources sources;
  private final Clock clock;

  BackendFactory(Transports transports, ConfigSources sources, Clock clock) {
    this.transports = transports;
    this.sources = sources;
    this.clock = clock;
  }

  CoreBackend make(BackendEntry entry, Found<HPCBackend> found) {
    HPCBackend plugin = found.newInstance();
    try {
      entry.check(plugin.configKeys());
      BackendContext context = new CoreBackendContext(
          entry.name(),
          entry.config(),
          entry.submit(),
          transports.of(entry),
          workspace(entry),
          clock);
      plugin.initialize(context);
      return new CoreBackend(entry.name(), found.name(), plugin, new NoJobs(entry.name()));
    } catch (HpcException e) {
      closeAfter(plugin, e);
      throw e;
    } catch (RuntimeException | LinkageError e) {
      closeAfter(plugin, e);
      throw new InvalidConfiguration(
          "backend %s: the plugin %s fails to initialize: %s".formatted(entry.name(), found, e), e);
    }
  }

  /** As configured, {@code ~} being the user's home; else in the state folder. */
  private String workspace(BackendEntry entry) {
    String configured = entry.workspace().orElse(null);
    if (configured == null) {
      return sources.stateDirectory().resolve("jobs").toString();
    }
    boolean here = entry.transport().string("type").orElse("local").equals("local");
    if (here && (configured.equals("~") || configured.startsWith("~/"))) {
      return sources.home() + configured.substring(1);
    }
    if (here && !configured.startsWith("/")) {
      throw new InvalidConfiguration(
          "%s: the workspace of backend %s must be an absolute path, and is '%s'"
              .formatted(entry.origin(), entry.name(), configured));
    }
    return configured;
  }

  private static void closeAfter(HPCBackend plugin, Throwable first) {
    try {
      plugin.close();
    } catch (RuntimeException | LinkageError e) {
      first.addSuppressed(e);
    }
  }
}
