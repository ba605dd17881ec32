// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.plugin.Plugins;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run of {@code hpc}: its options, and what commands ask of the world. Each part is made when
 * it is first asked for, so that a command pays for what it uses, and {@code doctor} can go on
 * where one part is broken.
 */
public final class Session implements AutoCloseable {
  private final GlobalOptions options = new GlobalOptions();
  private final Map<String, String> environment;
  private final Path workingDirectory;
  private final Installation installation;
  private @Nullable Configuration configuration;
  private @Nullable Plugins plugins;
  private @Nullable HpcRuntime runtime;

  /**
   * Makes a session.
   *
   * @param environment the process's environment
   * @param workingDirectory where it stands
   * @param installation what the wrapper told
   */
  public Session(
      Map<String, String> environment, Path workingDirectory, Installation installation) {
    this.environment = Map.copyOf(environment);
    this.workingDirectory = workingDirectory.toAbsolutePath();
    this.installation = installation;
  }

  /**
   * The common options.
   *
   * @return the options; they are filled when the line is parsed
   */
  public GlobalOptions options() {
    return options;
  }

  /**
   * The installation that runs.
   *
   * @return what the wrapper told
   */
  public Installation installation() {
    return installation;
  }

  /**
   * A variable of the environment.
   *
   * @param name the variable
   * @return its value, or null
   */
  public @Nullable String environment(String name) {
    return environment.get(name);
  }

  /**
   * The merged configuration.
   *
   * @return the configuration
   * @throws InvalidConfiguration when it is wrong
   */
  public Configuration configuration() {
    Configuration loaded = configuration;
    if (loaded == null) {
      loaded = Configuration.load(sources());
      configuration = loaded;
    }
    return loaded;
  }

  private ConfigSources sources() {
    ConfigSources.Builder sources = ConfigSources.builder()
        .environment(environment)
        .workingDirectory(workingDirectory)
        .sets(options.sets())
        .profile(options.profile());
    String file = options.configFile();
    if (file != null) {
      sources.configFile(path(file));
    }
    return sources.build();
  }

  /**
   * The plugins.
   *
   * @return those of the class path, the installation and {@code HPC_PLUGIN_PATH}
   */
  public Plugins plugins() {
    Plugins found = plugins;
    if (found == null) {
      found = Plugins.discover(Session.class.getClassLoader(), pluginPath());
      plugins = found;
    }
    return found;
  }

  /**
   * The runtime that commands about backends and jobs work with.
   *
   * @return the runtime, closed with this session
   * @throws InvalidConfiguration when the configuration is wrong
   */
  public HpcRuntime runtime() {
    HpcRuntime made = runtime;
    if (made == null) {
      made = buildRuntime();
      runtime = made;
    }
    return made;
  }

  private HpcRuntime buildRuntime() {
    HpcRuntime.Builder builder = HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(workingDirectory)
        .classLoader(Session.class.getClassLoader());
    Path home = installation.home();
    if (home != null) {
      builder.pluginPath(home.resolve("plugins")); // HPC_PLUGIN_PATH it reads by itself
    }
    String file = options.configFile();
    if (file != null) {
      builder.configuration(path(file));
    }
    String profile = options.profile();
    if (profile != null) {
      builder.profile(profile);
    }
    for (String set : options.sets()) {
      int equals = set.indexOf('=');
      if (equals < 1) {
        throw new InvalidConfiguration("--set takes KEY=VALUE, not '" + set + "'");
      }
      builder.set(set.substring(0, equals), set.substring(equals + 1));
    }
    return builder.build();
  }

  /** Takes a runtime in place of one that the configuration makes. */
  void runtime(HpcRuntime given) {
    runtime = given;
  }

  /**
   * The state folder.
   *
   * @return an absolute path; the folder need not exist
   */
  public Path stateFolder() {
    return sources().stateDirectory();
  }

  /**
   * What launchers are told of this process.
   *
   * @return the environment, the folders, and whether root asks
   */
  public LaunchEnvironment launchEnvironment() {
    Path home = installation.home();
    return new LaunchEnvironment(
        environment,
        workingDirectory,
        StateFolder.locate(environment, sources().home()),
        home == null ? null : home.resolve("libexec"),
        installation.superuser(),
        Set.of(),
        LaunchEnvironment.CPUINFO);
  }

  private List<Path> pluginPath() {
    List<Path> paths = new ArrayList<>();
    Path home = installation.home();
    if (home != null) {
      paths.add(home.resolve("plugins"));
    }
    for (String element : environment.getOrDefault("HPC_PLUGIN_PATH", "").split(":", -1)) {
      if (!element.isEmpty()) {
        paths.add(path(element));
      }
    }
    return paths;
  }

  private Path path(String text) {
    try {
      return workingDirectory.resolve(text);
    } catch (InvalidPathException e) {
      throw new InvalidConfiguration("'" + text + "' cannot be a path: " + e.getReason(), e);
    }
  }

  @Override
  public void close() {
    if (runtime != null) {
      runtime.close();
    }
    if (plugins != null) {
      plugins.close();
    }
  }
}
