// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.spi.RuntimeProvider;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Configuration, plugins and everything that follows jobs, as one object. {@link Backends} and
 * {@link Launchers} stand before a shared one; programs that want several, and tests, build their
 * own.
 *
 * @since 0.1
 */
public interface HpcRuntime extends AutoCloseable {
  /**
   * The runtime that {@link Backends} and {@link Launchers} use, made when it is first asked for.
   *
   * @return the shared runtime; it is closed when the JVM ends
   * @throws InvalidConfiguration when core is not on the class path, or the configuration is wrong
   */
  static HpcRuntime shared() {
    return SharedRuntime.INSTANCE.get();
  }

  /**
   * A builder for a runtime of one's own.
   *
   * @return the builder
   * @throws InvalidConfiguration when core is not on the class path
   */
  static Builder builder() {
    ServiceConfigurationError broken = null;
    for (ClassLoader loader : new @Nullable ClassLoader[] {
      HpcRuntime.class.getClassLoader(), Thread.currentThread().getContextClassLoader()
    }) {
      try {
        var found = ServiceLoader.load(RuntimeProvider.class, loader).findFirst();
        if (found.isPresent()) {
          return found.get().builder();
        }
      } catch (ServiceConfigurationError e) {
        broken = e;
      }
    }
    String message = "hpc-launch-core is not on the class path: add io.hpclaunch:hpc-launch-core";
    throw broken == null
        ? new InvalidConfiguration(message)
        : new InvalidConfiguration(
            "hpc-launch-core cannot be loaded: " + broken.getMessage(), broken);
  }

  /**
   * The configured default backend, else the one that is detected.
   *
   * @return the backend
   * @throws InvalidConfiguration when none is configured and none detected
   */
  Backend backend();

  /**
   * A backend by name: that of a configured entry, else a type or an alias of one. A type that
   * exactly one entry has means that entry.
   *
   * @param name the name
   * @return the backend; the same object for the same name
   * @throws InvalidConfiguration when nothing answers to the name; the message lists what would
   */
  Backend backend(String name);

  /**
   * A backend that is configured here and not in a file.
   *
   * @param type a type, or an alias of one
   * @param config what an entry of the file takes: {@code name}, {@code config}, {@code submit},
   *     {@code transport}, {@code workspace} …
   * @return a new backend; closed with this runtime
   * @throws InvalidConfiguration when nothing answers to the type, or a key is unknown
   */
  Backend open(String type, Map<String, ? extends @Nullable Object> config);

  /**
   * A backend around a plugin's object that the caller made, which need not be found by name.
   *
   * @param plugin a new object; it is initialized here, and closed with this runtime
   * @param config what an entry of the file takes, as of {@link #open(String, Map)}
   * @return a new backend; closed with this runtime
   * @throws InvalidConfiguration when a key is unknown, or the plugin cannot be initialized
   */
  default Backend open(HPCBackend plugin, Map<String, ? extends @Nullable Object> config) {
    throw new Unsupported("this runtime takes no backend that it did not find");
  }

  /**
   * Asks the backends that can tell whether their scheduler is here: PBS, then Slurm, then the
   * shell.
   *
   * @return what was found, and why
   */
  Detection detect();

  /**
   * The plugins that were found.
   *
   * @return backends, launchers and transports, by kind and name
   */
  List<PluginInfo> plugins();

  /**
   * The plugins that could not be used.
   *
   * @return one entry for each; empty when all is well
   */
  List<PluginProblem> pluginProblems();

  /**
   * The entries of the configuration.
   *
   * @return their names, in the order written
   */
  List<String> configuredBackends();

  /**
   * A launcher by name, an alias, or a path to its executable; not initialized.
   *
   * @param name the name
   * @return a new launcher
   * @throws InvalidConfiguration when nothing answers to the name; the message lists what would
   */
  HPCLauncher launcher(String name);

  /**
   * The jobs that the user's state folder remembers, of all backends and clients.
   *
   * @return the register
   */
  JobRegister jobs();

  /** Stops following jobs and closes the backends. Jobs go on. */
  @Override
  void close();

  /**
   * What {@link #detect} found.
   *
   * @param type the first type whose scheduler is here, or null for none
   * @param findings what each backend answered, by type, in the order asked
   */
  record Detection(@Nullable String type, Map<String, Detectable.Finding> findings) {}

  /** Collects what a runtime is to be made with. */
  interface Builder {
    /**
     * Takes one configuration file in place of the search.
     *
     * @param file the file; it must exist
     * @return this
     */
    Builder configuration(Path file);

    /**
     * Takes configuration from Java in place of the search: what a file has under {@code hpc:}.
     *
     * @param values maps, lists, strings, numbers and booleans
     * @return this
     */
    Builder configuration(Map<String, ? extends @Nullable Object> values);

    /**
     * Sets one value over all others, as {@code --set} does.
     *
     * @param key a path of names with dots
     * @param value YAML
     * @return this
     */
    Builder set(String key, String value);

    /**
     * Chooses a profile of the configuration.
     *
     * @param name its name
     * @return this
     */
    Builder profile(String name);

    /**
     * Sets the environment that configuration is read from.
     *
     * @param variables in place of the process's own
     * @return this
     */
    Builder environment(Map<String, String> variables);

    /**
     * Sets the directory from which the configuration file is searched upwards.
     *
     * @param directory in place of the process's own
     * @return this
     */
    Builder workingDirectory(Path directory);

    /**
     * Sets the state folder.
     *
     * @param directory in place of the configured one
     * @return this
     */
    Builder stateDirectory(Path directory);

    /**
     * Sets where plugins are looked for.
     *
     * @param loader in place of the thread's context class loader
     * @return this
     */
    Builder classLoader(ClassLoader loader);

    /**
     * Adds jars, folders of jars, or folders of such folders to look for plugins in.
     *
     * @param paths jars or folders
     * @return this
     */
    Builder pluginPath(Path... paths);

    /**
     * Sets the clock.
     *
     * @param clock in place of the system's
     * @return this
     */
    Builder clock(Clock clock);

    /**
     * Makes the runtime.
     *
     * @return the runtime; to be closed
     * @throws InvalidConfiguration when the configuration is wrong
     */
    HpcRuntime build();
  }
}
