// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobRegister;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.PluginProblem;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.job.ClientState;
import io.hpclaunch.core.job.StoredJobs;
import io.hpclaunch.core.job.Stores;
import io.hpclaunch.core.plugin.Detector;
import io.hpclaunch.core.plugin.Found;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.plugin.RuntimeParts;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The runtime over a configuration and the plugins that were found. */
final class CoreRuntime implements HpcRuntime, RuntimeParts {
  private static final Logger log = LoggerFactory.getLogger(CoreRuntime.class);

  private final Configuration configuration;
  private final ConfigSources sources;
  private final Plugins plugins;
  private final Detector detector;
  private final Transports transports;
  private final BackendFactory factory;
  private final ClientState client;
  private final JobRegister jobs;

  /** By the entry's name, or by type where no entry is meant. */
  private final Map<String, CoreBackend> byName = new HashMap<>();

  private final Map<String, CoreBackend> bareTypes = new HashMap<>();

  private final List<CoreBackend> all = new ArrayList<>();
  private volatile boolean closed;

  CoreRuntime(
      Configuration configuration,
      ConfigSources sources,
      Plugins plugins,
      Clock clock,
      CopyListener copies) {
    this.configuration = configuration;
    this.sources = sources;
    this.plugins = plugins;
    this.detector = new Detector(plugins);
    this.transports = new Transports(plugins);
    this.client =
        new ClientState(Stores.open(configuration, plugins, sources, clock), clock, copies);
    this.factory = new BackendFactory(configuration, plugins, transports, sources, client, clock);
    this.jobs = new StoredJobs(client);
  }

  @Override
  public Configuration configuration() {
    return configuration;
  }

  @Override
  public Plugins foundPlugins() {
    return plugins;
  }

  @Override
  public ConfigSources sources() {
    return sources;
  }

  @Override
  public Backend backend() {
    checkOpen();
    Optional<String> configured = configuration.defaultBackend();
    if (configured.isPresent()) {
      return backend(configured.get());
    }
    Detection detection = detector.first();
    String type = detection.type();
    if (type == null) {
      throw new InvalidConfiguration(
          "no backend is configured and none was detected: " + Detector.explain(detection));
    }
    log.info("No backend is configured; {} was detected: {}", type, Detector.explain(detection));
    return backend(type);
  }

  @Override
  public synchronized Backend backend(String name) {
    checkOpen();
    BackendEntry entry = configuration.backend(name).orElse(null);
    if (entry != null) {
      return backend(entry, plugin(entry.type(), entry.origin() + ": unknown type"));
    }
    Found<HPCBackend> plugin = plugin(name, "unknown backend");
    List<BackendEntry> entries = new ArrayList<>();
    for (BackendEntry configured : configuration.backends()) {
      if (plugin.matches(configured.type())) {
        entries.add(configured);
      }
    }
    if (entries.size() == 1) {
      return backend(entries.get(0), plugin);
    }
    if (!bareTypes.containsKey(plugin.name())) {
      log.info(
          "Backend {}: the type {} without configuration, for {} entries have it",
          name,
          plugin.name(),
          entries.isEmpty() ? "no" : "several");
    }
    return bareTypes.computeIfAbsent(
        plugin.name(), type -> make(BackendEntry.of(type, Map.of()), plugin));
  }

  @Override
  public synchronized Backend open(String type, Map<String, ? extends @Nullable Object> config) {
    checkOpen();
    Found<HPCBackend> plugin = plugin(type, "unknown type of backend");
    return make(BackendEntry.of(plugin.name(), config), plugin);
  }

  @Override
  public synchronized Backend open(
      HPCBackend plugin, Map<String, ? extends @Nullable Object> config) {
    checkOpen();
    String type = plugin.name();
    CoreBackend made = factory.make(BackendEntry.of(type, config), type, plugin);
    all.add(made);
    return made;
  }

  @Override
  public Detection detect() {
    checkOpen();
    return detector.all();
  }

  @Override
  public List<PluginInfo> plugins() {
    checkOpen();
    return plugins.all();
  }

  @Override
  public List<PluginProblem> pluginProblems() {
    checkOpen();
    return plugins.problems();
  }

  @Override
  public List<String> configuredBackends() {
    checkOpen();
    return configuration.backends().stream().map(BackendEntry::name).toList();
  }

  @Override
  public HPCLauncher launcher(String name) {
    checkOpen();
    return plugins
        .launcher(name)
        .orElseThrow(() -> new InvalidConfiguration("unknown launcher '%s'; there are: %s%s"
            .formatted(name, list(PluginInfo.Kind.LAUNCHER), broken())))
        .newInstance();
  }

  @Override
  public JobRegister jobs() {
    checkOpen();
    return jobs;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    all.forEach(CoreBackend::close);
    client.close();
    transports.close();
    plugins.close();
  }

  private CoreBackend backend(BackendEntry entry, Found<HPCBackend> plugin) {
    CoreBackend known = byName.get(entry.name());
    if (known == null) {
      known = make(entry, plugin);
      byName.put(entry.name(), known);
    }
    return known;
  }

  private CoreBackend make(BackendEntry entry, Found<HPCBackend> plugin) {
    CoreBackend made = factory.make(entry, plugin);
    all.add(made);
    return made;
  }

  private Found<HPCBackend> plugin(String type, String complaint) {
    return plugins
        .backend(type)
        .orElseThrow(() -> new InvalidConfiguration("%s '%s'; configured: %s; types: %s%s"
            .formatted(
                complaint,
                type,
                join(configuredBackends()),
                list(PluginInfo.Kind.BACKEND),
                broken())));
  }

  private String list(PluginInfo.Kind kind) {
    return join(plugins.names(kind));
  }

  /** The plugin that is missed may be one that is broken. */
  private String broken() {
    StringBuilder text = new StringBuilder();
    for (PluginProblem problem : plugins.problems()) {
      text.append(text.length() == 0 ? "; cannot be used: " : ", ");
      if (problem.className() != null) {
        text.append(problem.className()).append(" in ");
      }
      text.append(problem.location()).append(" (").append(problem.why()).append(')');
    }
    return text.toString();
  }

  private static String join(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this runtime is closed");
    }
  }
}
