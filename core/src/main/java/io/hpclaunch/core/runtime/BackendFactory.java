// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.container.ContainerHost;
import io.hpclaunch.core.container.ContainerSettings;
import io.hpclaunch.core.container.Containers;
import io.hpclaunch.core.job.BackendJobs;
import io.hpclaunch.core.job.ClientState;
import io.hpclaunch.core.job.JobDefaults;
import io.hpclaunch.core.job.PluginGate;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Found;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.store.CommandBudget;
import io.hpclaunch.core.store.SharedAnswers;
import io.hpclaunch.core.store.SharedBudget;
import io.hpclaunch.core.transport.BudgetedTransport;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a backend of an entry and a plugin: checks the keys, opens the transport, initializes. */
final class BackendFactory {
  /** Of a scheduler of which nothing is known: the least that those known have. */
  private static final Duration KILL_GRACE = Duration.ofSeconds(5);

  private final Configuration configuration;
  private final Plugins plugins;
  private final Transports transports;
  private final ConfigSources sources;
  private final ClientState client;
  private final Clock clock;

  BackendFactory(
      Configuration configuration,
      Plugins plugins,
      Transports transports,
      ConfigSources sources,
      ClientState client,
      Clock clock) {
    this.configuration = configuration;
    this.plugins = plugins;
    this.transports = transports;
    this.sources = sources;
    this.client = client;
    this.clock = clock;
  }

  CoreBackend make(BackendEntry entry, Found<HPCBackend> found) {
    return make(entry, found.name(), found.newInstance(), found);
  }

  /** Makes a backend of a plugin that was not found but handed over. */
  CoreBackend make(BackendEntry entry, String type, HPCBackend plugin) {
    return make(entry, type, plugin, plugin.getClass().getName());
  }

  private CoreBackend make(
      BackendEntry entry, String type, HPCBackend plugin, Object calledInMessages) {
    return ContextLoader.within(plugin, () -> initialized(entry, type, plugin, calledInMessages));
  }

  private CoreBackend initialized(
      BackendEntry entry, String type, HPCBackend plugin, Object calledInMessages) {
    try {
      entry.check(plugin.configKeys());
      Transport way = transports.of(entry);
      BackendContext context = context(entry, plugin, way);
      plugin.initialize(context);
      PluginGate gate = new PluginGate(plugin, withheld(way));
      BackendJobs jobs = jobs(entry, plugin, gate, way, context);
      return new CoreBackend(entry.name(), type, gate, jobs, way, context::workspace);
    } catch (HpcException e) {
      closeAfter(plugin, e);
      throw e;
    } catch (RuntimeException | LinkageError e) {
      closeAfter(plugin, e);
      throw new InvalidConfiguration(
          "backend %s: the plugin %s fails to initialize: %s"
              .formatted(entry.name(), calledInMessages, e),
          e);
    }
  }

  /** Launchers are planned by what this machine has, and what they find on another is not known. */
  private static Set<Capability> withheld(Transport way) {
    return way.isLocal() ? Set.of() : Set.of(Capability.LAUNCHERS);
  }

  private BackendContext context(BackendEntry entry, HPCBackend plugin, Transport way) {
    Path state = sources.stateDirectory();
    int most = entry.submit().integer("commands_per_minute").orElseGet(plugin::commandsPerMinute);
    CommandBudget budget = most <= 0
        ? CommandBudget.NONE
        : new SharedBudget(state.resolve("budgets"), way, most, clock);
    return new CoreBackendContext(
        entry.name(),
        entry.config(),
        entry.submit(),
        most <= 0 ? way : new BudgetedTransport(way, budget),
        new Workspace(entry, way, sources),
        state,
        new SharedAnswers(state.resolve("answers"), way, budget, clock),
        clock);
  }

  /** What core does for a job is no command of the scheduler's: its way has no budget. */
  private BackendJobs jobs(
      BackendEntry entry,
      HPCBackend plugin,
      PluginGate gate,
      Transport way,
      BackendContext context) {
    List<String> modules = entry.modules();
    ContainerSettings containers = ContainerSettings.of(entry.config());
    return new BackendJobs(
        entry.name(),
        gate,
        way,
        context::workspace,
        client,
        new JobDefaults(
            entry.resources(plugin.configKeys()).orElse(configuration.defaultResources()),
            modules.isEmpty() ? configuration.defaults().words("modules") : modules,
            containers.image(),
            namesImages(plugin)),
        new BatchLaunches(
            configuration,
            plugins,
            sources,
            entry,
            plugin.defaultLauncher(),
            new Containers(entry.name(), containers, host(plugin, gate), way, gate::capabilities)),
        polling(entry.submit()));
  }

  /** A plugin with a setting of its own for it knows the image of jobs that name none. */
  private static boolean namesImages(HPCBackend plugin) {
    return plugin.configKeys().stream().anyMatch(key -> key.name().equals("image"));
  }

  /** What the plugin says of containers, asked as it is asked everything: one call at a time. */
  private static ContainerHost host(HPCBackend plugin, PluginGate gate) {
    if (!(plugin instanceof ContainerHost told)) {
      return () -> KILL_GRACE;
    }
    return new ContainerHost() {
      @Override
      public Duration killGrace() {
        return gate.ask(any -> told.killGrace());
      }

      @Override
      public boolean runsOnTransportsHost() {
        return gate.ask(any -> told.runsOnTransportsHost());
      }
    };
  }

  /** Seconds; zero and what is not written leave it to the plugin. */
  private static @Nullable Duration polling(Settings submit) {
    double seconds = submit.number("polling_interval").orElse(0.0);
    return seconds <= 0 ? null : Duration.ofNanos((long) (seconds * 1e9));
  }

  private static void closeAfter(HPCBackend plugin, Throwable first) {
    try {
      plugin.close();
    } catch (RuntimeException | LinkageError e) {
      first.addSuppressed(e);
    }
  }
}
