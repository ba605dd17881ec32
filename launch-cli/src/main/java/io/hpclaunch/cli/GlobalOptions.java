// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import io.hpclaunch.cli.logging.CliLogging;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every command takes, before its name or behind it. */
public final class GlobalOptions {
  private @Nullable String configFile;

  /** A list for each command that the option stood at, which picocli goes on to fill. */
  private final List<List<String>> sets = new ArrayList<>();

  private @Nullable String profile;
  private boolean debug;

  GlobalOptions() {}

  @Option(
      names = "--config-file",
      scope = ScopeType.INHERIT,
      paramLabel = "F",
      description = "Read this configuration file and no other.")
  void configFile(String file) {
    if (file != null) {
      configFile = file;
    }
  }

  @Option(
      names = "--set",
      scope = ScopeType.INHERIT,
      paramLabel = "KEY=VALUE",
      description = "Set one key of the configuration, such as"
          + " backends.site.config.partition=debug; the value is YAML. May be repeated.")
  @SuppressWarnings("ReferenceEquality") // the same list is handed over again
  void set(List<String> keysAndValues) {
    if (keysAndValues != null && sets.stream().noneMatch(known -> known == keysAndValues)) {
      sets.add(keysAndValues);
    }
  }

  @Option(
      names = "--profile",
      scope = ScopeType.INHERIT,
      paramLabel = "P",
      description = "Choose a profile of the configuration.")
  void profile(String name) {
    if (name != null) {
      profile = name;
    }
  }

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Print stack traces with errors, and what happens on the way.")
  void debug(boolean on) {
    if (on) {
      debug = true;
      CliLogging.debug();
    }
  }

  @Option(
      names = {"-h", "--help"},
      scope = ScopeType.INHERIT,
      usageHelp = true,
      description = "Print this text.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = "--version",
      scope = ScopeType.INHERIT,
      versionHelp = true,
      description = "Print the version.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean version;

  /**
   * The configuration file that was named.
   *
   * @return its path as given, or null for the search
   */
  public @Nullable String configFile() {
    return configFile;
  }

  /**
   * The keys that were set.
   *
   * @return each as {@code KEY=VALUE}, in the order given
   */
  public List<String> sets() {
    return sets.stream().flatMap(List::stream).toList();
  }

  /**
   * The profile that was chosen.
   *
   * @return its name, or null for that of the environment
   */
  public @Nullable String profile() {
    return profile;
  }

  /**
   * Whether stack traces are wanted.
   *
   * @return true with {@code --debug}
   */
  public boolean isDebug() {
    return debug;
  }
}
