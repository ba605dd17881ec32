// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.Settings;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.store.FileStateStore;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreContext;
import io.hpclaunch.core.store.StoreProvider;
import java.time.Clock;
import java.util.List;

/** Makes the store that the configuration names. */
public final class Stores {
  private Stores() {}

  /**
   * Makes the store; nothing is read or connected yet.
   *
   * @param configuration names it: {@code store.type}, by default {@code files}
   * @param plugins where the types are that are not core's own
   * @param sources the state folder, the environment
   * @param clock tells when an end became known
   * @return the store, to be closed by the caller
   * @throws InvalidConfiguration when the type or a key is not known, or a value cannot be used
   */
  public static StateStore open(
      Configuration configuration, Plugins plugins, ConfigSources sources, Clock clock) {
    Settings settings = configuration.store();
    String type = settings.string("type").orElse(FileStateStore.TYPE);
    boolean durable = configuration.root().string("durability").orElse("").equals("machine");
    if (type.equals(FileStateStore.TYPE)) {
      configuration.checkStore(List.of());
      return new FileStateStore(sources.stateDirectory(), durable, clock);
    }
    StoreProvider provider =
        plugins.store(type).orElseThrow(() -> unknown(type, settings, plugins)).newInstance();
    configuration.checkStore(provider.configKeys());
    StoreContext context = new StoreContext(
        settings,
        sources.environment(),
        sources.workingDirectory(),
        sources.home(),
        durable,
        clock);
    return ContextLoader.within(provider, () -> provider.open(context));
  }

  private static InvalidConfiguration unknown(String type, Settings settings, Plugins plugins) {
    StringBuilder known = new StringBuilder(FileStateStore.TYPE);
    for (String name : plugins.names(PluginInfo.Kind.STORE)) {
      known.append(", ").append(name);
    }
    return new InvalidConfiguration("%s: unknown store '%s'; there are: %s"
        .formatted(settings.origin("type").orElse("store.type"), type, known));
  }
}
