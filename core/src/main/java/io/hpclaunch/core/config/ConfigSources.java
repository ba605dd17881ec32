// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link Configuration} is read from. Immutable; every part of the world outside that
 * matters for the configuration is in here, so that a test can set it.
 *
 * @since 0.1
 */
public final class ConfigSources {
  private final Map<String, String> environment;
  private final Path workingDirectory;
  private final Path home;
  private final Path systemFile;
  private final @Nullable Path configFile;
  private final List<String> sets;
  private final @Nullable String profile;
  private final @Nullable Map<String, ? extends @Nullable Object> javaValues;
  private final Path stateDirectory;

  private ConfigSources(Builder b) {
    environment = b.environment;
    workingDirectory = b.workingDirectory.toAbsolutePath();
    home = (b.home != null ? b.home : StateFolder.home(b.environment)).toAbsolutePath();
    systemFile = b.systemFile;
    configFile = b.configFile;
    sets = b.sets;
    profile = b.profile;
    javaValues = b.javaValues;
    stateDirectory = b.stateDirectory != null
        ? b.stateDirectory.toAbsolutePath()
        : StateFolder.locate(environment, home);
  }

  /**
   * Sources that begin with this process's environment and working directory.
   *
   * @return the builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The environment.
   *
   * @return variables and their values
   */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * The directory from which {@code hpc-launch.yaml} is searched upwards.
   *
   * @return an absolute path
   */
  public Path workingDirectory() {
    return workingDirectory;
  }

  /**
   * The user's home directory.
   *
   * @return an absolute path
   */
  public Path home() {
    return home;
  }

  /**
   * The file for all users of this machine.
   *
   * @return {@code /etc/hpc-launch/config.yaml} unless set
   */
  public Path systemFile() {
    return systemFile;
  }

  /**
   * The file of {@code --config-file}.
   *
   * @return the path as given, or null for none
   */
  public @Nullable Path configFile() {
    return configFile;
  }

  /**
   * The words of {@code --set}.
   *
   * @return each as {@code KEY=VALUE}, in the order given
   */
  public List<String> sets() {
    return sets;
  }

  /**
   * The profile of {@code --profile}.
   *
   * @return its name, or null for none
   */
  public @Nullable String profile() {
    return profile;
  }

  /**
   * What Java code gives in place of the files.
   *
   * @return what a file has under {@code hpc:}, or null where files are read
   */
  public @Nullable Map<String, ? extends @Nullable Object> javaValues() {
    return javaValues;
  }

  /**
   * The state folder, where parsed files are remembered.
   *
   * @return an absolute path
   */
  public Path stateDirectory() {
    return stateDirectory;
  }

  /** Collects the sources. */
  public static final class Builder {
    private Map<String, String> environment = System.getenv();
    private Path workingDirectory = Path.of("");
    private Path systemFile = Path.of("/etc/hpc-launch/config.yaml");
    private @Nullable Path home;
    private @Nullable Path configFile;
    private List<String> sets = List.of();
    private @Nullable String profile;
    private @Nullable Map<String, ? extends @Nullable Object> javaValues;
    private @Nullable Path stateDirectory;

    private Builder() {}

    /**
     * Sets the environment.
     *
     * @param variables in place of the process's own
     * @return this
     */
    public Builder environment(Map<String, String> variables) {
      environment = Map.copyOf(variables);
      return this;
    }

    /**
     * Sets the directory from which the file is searched upwards.
     *
     * @param directory in place of the process's own
     * @return this
     */
    public Builder workingDirectory(Path directory) {
      workingDirectory = directory;
      return this;
    }

    /**
     * Sets the home directory.
     *
     * @param directory in place of {@code HOME}
     * @return this
     */
    public Builder home(Path directory) {
      home = directory;
      return this;
    }

    /**
     * Sets the file for all users.
     *
     * @param file in place of {@code /etc/hpc-launch/config.yaml}
     * @return this
     */
    public Builder systemFile(Path file) {
      systemFile = file;
      return this;
    }

    /**
     * Takes one file in place of the search, as {@code --config-file} does.
     *
     * @param file the file, or null for the search
     * @return this
     */
    public Builder configFile(@Nullable Path file) {
      configFile = file;
      return this;
    }

    /**
     * Sets values over all others, as {@code --set} does.
     *
     * @param keysAndValues each as {@code KEY=VALUE}
     * @return this
     */
    public Builder sets(List<String> keysAndValues) {
      sets = List.copyOf(keysAndValues);
      return this;
    }

    /**
     * Chooses a profile, as {@code --profile} does.
     *
     * @param name its name, or null for that of {@code HPC_PROFILE}
     * @return this
     */
    public Builder profile(@Nullable String name) {
      profile = name;
      return this;
    }

    /**
     * Takes configuration from Java in place of the search and of {@code HPC_CONFIG}.
     *
     * @param values what a file has under {@code hpc:}: maps, lists, texts, numbers, booleans,
     *     durations, paths; null for the search
     * @return this
     */
    public Builder javaValues(@Nullable Map<String, ? extends @Nullable Object> values) {
      javaValues = values == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(values));
      return this;
    }

    /**
     * Sets the state folder.
     *
     * @param directory in place of {@link StateFolder#locate}, or null for that
     * @return this
     */
    public Builder stateDirectory(@Nullable Path directory) {
      stateDirectory = directory;
      return this;
    }

    /**
     * Makes the sources.
     *
     * @return the sources
     * @throws io.hpclaunch.api.InvalidConfiguration when a variable that names a folder holds no
     *     path
     */
    public ConfigSources build() {
      return new ConfigSources(this);
    }
  }
}
