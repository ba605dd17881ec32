// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.launch;

import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCLauncher;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.PluginInfo;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.LaunchSettings;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Word;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.launch.LocalLaunchContext.TopologyOverride;
import io.hpclaunch.core.plugin.ContextLoader;
import io.hpclaunch.core.plugin.Found;
import io.hpclaunch.core.plugin.Plugins;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the launcher that a name means, and lets it plan.
 *
 * <p>A name is looked up as (1) a configured entry: its {@code launch.type}; (2) a launcher's name
 * or alias; (3) a type of backend: its default launcher. Without a name: the configured default,
 * else mpi where one is installed, else fork.
 */
public final class LaunchPlanner {
  private static final String MPI = "mpi";
  private static final String FORK = "fork";

  private final Configuration configuration;
  private final Plugins plugins;
  private final LaunchEnvironment world;

  /**
   * Makes a planner.
   *
   * @param configuration the merged configuration
   * @param plugins where launchers and backends are found
   * @param world what the launch needs to know of the process that asked
   */
  public LaunchPlanner(Configuration configuration, Plugins plugins, LaunchEnvironment world) {
    this.configuration = configuration;
    this.plugins = plugins;
    this.world = world;
  }

  /**
   * What came out.
   *
   * @param plan what to run
   * @param notice a line for the user on what was chosen for them, or null
   */
  public record Outcome(LaunchPlan plan, @Nullable String notice) {}

  /** A launcher that is ready to plan. */
  private record Chosen(HPCLauncher launcher, LocalLaunchContext context) {}

  /**
   * Plans a launch line.
   *
   * @param name what the user gave as {@code --backend}, or null
   * @param words the launcher's options and programs
   * @return the plan
   * @throws InvalidConfiguration when nothing answers to the name
   * @throws ExecutableNotFound when there is no launcher or no program
   * @throws io.hpclaunch.api.InvalidJob when the line cannot be understood
   */
  public Outcome plan(@Nullable String name, List<? extends Word> words) {
    if (name != null) {
      return new Outcome(plan(choose(name), words), null);
    }
    Optional<String> configured = configuration.defaultBackend();
    if (configured.isPresent()) {
      return new Outcome(plan(choose(configured.get()), words), null);
    }
    Chosen found = installed();
    String notice =
        "no --backend given and none configured: using " + found.launcher().name();
    return new Outcome(plan(found, words), notice);
  }

  private Chosen installed() {
    try {
      return ready(MPI, LaunchSettings.none(), TopologyOverride.NONE);
    } catch (ExecutableNotFound noMpi) {
      return ready(FORK, LaunchSettings.none(), TopologyOverride.NONE);
    }
  }

  private Chosen choose(String name) {
    Optional<BackendEntry> entry = configuration.backend(name);
    if (entry.isPresent()) {
      return ofEntry(entry.get());
    }
    if (plugins.launcher(name).isPresent()) {
      return ready(name, LaunchSettings.none(), TopologyOverride.NONE);
    }
    Optional<Found<HPCBackend>> type = plugins.backend(name);
    if (type.isEmpty()) {
      throw unknown(name);
    }
    BackendEntry only = onlyEntryOf(type.get().newInstance());
    return only != null
        ? ofEntry(only)
        : ready(
            type.get().newInstance().defaultLauncher(),
            LaunchSettings.none(),
            TopologyOverride.NONE);
  }

  /** The entry of a type, where there is exactly one. */
  private @Nullable BackendEntry onlyEntryOf(HPCBackend type) {
    BackendEntry only = null;
    for (BackendEntry entry : configuration.backends()) {
      if (type.name().equals(entry.type()) || type.matches(entry.type())) {
        if (only != null) {
          return null;
        }
        only = entry;
      }
    }
    return only;
  }

  private Chosen ofEntry(BackendEntry entry) {
    Optional<Found<HPCBackend>> type = plugins.backend(entry.type());
    if (type.isPresent()) {
      entry.check(type.get().newInstance().configKeys());
    }
    String launcher = entry.launchType().orElse(null);
    if (launcher == null) {
      launcher = type.orElseThrow(() -> unknownType(entry)).newInstance().defaultLauncher();
    } else if (plugins.launcher(launcher).isEmpty()) {
      throw new InvalidConfiguration("launch.type '" + launcher + "' of backend " + entry.name()
          + " is no launcher; known: " + known(PluginInfo.Kind.LAUNCHER));
    }
    Settings config = entry.config();
    TopologyOverride override = new TopologyOverride(
        positive(config, "nnode"),
        positive(config, "sockets_per_node"),
        positive(config, "cores_per_socket"));
    return ready(launcher, entry.launch(), override);
  }

  private static @Nullable Integer positive(Settings config, String key) {
    Integer value = config.integer(key).orElse(null);
    if (value != null && value < 1) {
      throw new InvalidConfiguration(
          config.origin(key).orElse("") + ": " + key + " must be at least 1, not " + value);
    }
    return value;
  }

  private Chosen ready(String name, LaunchSettings settings, TopologyOverride override) {
    Optional<Found<HPCLauncher>> found = plugins.launcher(name);
    if (found.isEmpty()) {
      throw unknown(name);
    }
    HPCLauncher launcher = found.get().newInstance();
    LocalLaunchContext context = new LocalLaunchContext(world, name, settings, override);
    context.launchedBy(launcher);
    @Nullable ClassLoader before = ContextLoader.enter(launcher);
    try {
      launcher.initialize(context);
    } finally {
      ContextLoader.leave(before);
    }
    return new Chosen(launcher, context);
  }

  private LaunchPlan plan(Chosen chosen, List<? extends Word> words) {
    LaunchLineParser parser = new LaunchLineParser(
        chosen.launcher(),
        chosen.context().settings().numprocFlag(),
        new ExecutableWords(chosen.context(), world.executableWords()));
    @Nullable ClassLoader before = ContextLoader.enter(chosen.launcher());
    try {
      List<Segment> segments = parser.parse(words);
      return chosen.launcher().plan(chosen.context(), segments);
    } finally {
      ContextLoader.leave(before);
    }
  }

  private InvalidConfiguration unknown(String name) {
    StringBuilder configured = new StringBuilder();
    for (BackendEntry entry : configuration.backends()) {
      configured.append(configured.length() == 0 ? "" : ", ").append(entry.name());
    }
    return new InvalidConfiguration("'" + name + "' is neither a configured backend ("
        + (configured.length() == 0 ? "none" : configured) + "), nor a launcher ("
        + known(PluginInfo.Kind.LAUNCHER) + "), nor a type of backend ("
        + known(PluginInfo.Kind.BACKEND) + ")");
  }

  private InvalidConfiguration unknownType(BackendEntry entry) {
    return new InvalidConfiguration("backend " + entry.name() + " has the type '" + entry.type()
        + "', which no plugin answers to; known: " + known(PluginInfo.Kind.BACKEND)
        + "; give it a launch.type to launch without");
  }

  private String known(PluginInfo.Kind kind) {
    List<String> names = plugins.names(kind);
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
