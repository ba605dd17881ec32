// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.transport.CopyListener;
import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.job.Stores;
import io.hpclaunch.core.launch.LaunchEnvironment;
import io.hpclaunch.core.plugin.Plugins;
import io.hpclaunch.core.store.StateStore;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
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
  private Map<String, String> callersEnvironment;
  private InputStream stdin = System.in;
  private OutputStream stdout = System.out;
  private OutputStream stderr = System.err;
  private CopyListener copies = CopyListener.NONE;
  private Time time = Time.SYSTEM;

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
    this.callersEnvironment = this.environment;
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
   * The caller's own variables, byte for byte where the system tells them: a byte that is no UTF-8
   * stands there as {@link io.hpclaunch.core.shell.RawBytes} has it.
   *
   * @return names and values
   */
  public Map<String, String> callersEnvironment() {
    return callersEnvironment;
  }

  /**
   * Takes the caller's own variables in place of those that the JVM was told.
   *
   * @param given names and values
   */
  public void callersEnvironment(Map<String, String> given) {
    callersEnvironment = Map.copyOf(given);
  }

  /**
   * Where the caller stands, as bash names it, symbolic links and all.
   *
   * @return an absolute path
   */
  public String callersDirectory() {
    String named = callersEnvironment.get("PWD");
    return installation.home() != null && named != null && named.startsWith("/")
        ? named
        : workingDirectory.toString();
  }

  /**
   * A file of the caller's.
   *
   * @param text its path, as given
   * @return an absolute path
   * @throws InvalidConfiguration when the text cannot be a path
   */
  public Path file(String text) {
    return path(text);
  }

  /**
   * Whether a backend's commands run on this machine.
   *
   * @param backend the name of a backend
   * @return false where its entry names another transport than {@code local}
   */
  public boolean isLocal(String backend) {
    return configuration()
        .backend(backend)
        .flatMap(entry -> entry.transport().string("type"))
        .map("local"::equals)
        .orElse(true);
  }

  /**
   * The standard input, for bytes.
   *
   * @return the stream
   */
  public InputStream stdin() {
    return stdin;
  }

  /**
   * Takes another stream in place of the process's own.
   *
   * @param in standard input
   */
  public void stdin(InputStream in) {
    stdin = in;
  }

  /**
   * The standard output, for bytes.
   *
   * @return the stream; it keeps nothing back
   */
  public OutputStream stdout() {
    return stdout;
  }

  /**
   * The standard error, for bytes.
   *
   * @return the stream; it keeps nothing back
   */
  public OutputStream stderr() {
    return stderr;
  }

  /**
   * Takes other streams in place of the process's own.
   *
   * @param out standard output
   * @param err standard error
   */
  public void streams(OutputStream out, OutputStream err) {
    stdout = out;
    stderr = err;
  }

  /**
   * The present, and the time that passes.
   *
   * @return the clock of this session
   */
  public Time time() {
    return time;
  }

  /**
   * Takes another clock in place of the system's.
   *
   * @param given the clock
   */
  public void time(Time given) {
    time = given;
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
   * Opens the store that the configuration names.
   *
   * @return the store, to be closed by the caller; it connects when it is first used
   * @throws InvalidConfiguration when it cannot be what is configured
   */
  public StateStore openStore() {
    return Stores.open(configuration(), plugins(), sources(), Clock.systemUTC());
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
        .classLoader(Session.class.getClassLoader())
        .copyListener(copies);
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

  /**
   * Takes somebody who is told how far files are that jobs stage in; before the runtime is asked
   * for.
   *
   * @param listener told while a job is submitted
   */
  public void copyListener(CopyListener listener) {
    copies = listener;
  }

  /**
   * Takes a runtime in place of one that the configuration makes.
   *
   * @param given the runtime, closed with this session
   */
  public void runtime(HpcRuntime given) {
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
    paths.addAll(Plugins.path(
        environment.get("HPC_PLUGIN_PATH"), "environment HPC_PLUGIN_PATH", workingDirectory));
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
