// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.plugin.Plugins;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects what a runtime is to be made with. */
final class CoreRuntimeBuilder implements HpcRuntime.Builder {
  private final ConfigSources.Builder sources = ConfigSources.builder();
  private final List<String> sets = new ArrayList<>();
  private final List<Path> pluginPath = new ArrayList<>();
  private @Nullable ClassLoader classLoader;
  private Clock clock = Clock.systemUTC();
  private CopyListener copies = CopyListener.NONE;

  @Override
  public HpcRuntime.Builder configuration(Path file) {
    sources.configFile(file);
    return this;
  }

  @Override
  public HpcRuntime.Builder configuration(Map<String, ? extends @Nullable Object> values) {
    sources.javaValues(values);
    return this;
  }

  @Override
  public HpcRuntime.Builder set(String key, String value) {
    sets.add(key + "=" + value);
    return this;
  }

  @Override
  public HpcRuntime.Builder profile(String name) {
    sources.profile(name);
    return this;
  }

  @Override
  public HpcRuntime.Builder environment(Map<String, String> variables) {
    sources.environment(variables);
    return this;
  }

  @Override
  public HpcRuntime.Builder workingDirectory(Path directory) {
    sources.workingDirectory(directory);
    return this;
  }

  @Override
  public HpcRuntime.Builder stateDirectory(Path directory) {
    sources.stateDirectory(directory);
    return this;
  }

  @Override
  public HpcRuntime.Builder classLoader(ClassLoader loader) {
    classLoader = loader;
    return this;
  }

  @Override
  public HpcRuntime.Builder pluginPath(Path... paths) {
    pluginPath.addAll(Arrays.asList(paths));
    return this;
  }

  @Override
  public HpcRuntime.Builder clock(Clock source) {
    clock = source;
    return this;
  }

  @Override
  public HpcRuntime.Builder copyListener(CopyListener listener) {
    copies = listener;
    return this;
  }

  @Override
  public HpcRuntime build() {
    ConfigSources from = sources.sets(sets).build();
    Path here = from.workingDirectory();
    List<Path> path = new ArrayList<>(
        Plugins.path(System.getProperty("hpc.plugins"), "system property hpc.plugins", here));
    path.addAll(Plugins.path(
        from.environment().get("HPC_PLUGIN_PATH"), "environment HPC_PLUGIN_PATH", here));
    path.addAll(pluginPath);
    Plugins plugins = Plugins.discover(loader(), path);
    return new CoreRuntime(Configuration.load(from), from, plugins, clock, copies);
  }

  /** A context class loader that knows another API, or none, shows no plugin of this one. */
  private ClassLoader loader() {
    if (classLoader != null) {
      return classLoader;
    }
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    try {
      if (context != null && context.loadClass(HPCBackend.class.getName()) == HPCBackend.class) {
        return context;
      }
    } catch (ClassNotFoundException e) {
      // It does not know the API at all.
    }
    return CoreRuntimeBuilder.class.getClassLoader();
  }
}
