// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.launch.LaunchSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One entry of {@code backends}. Immutable.
 *
 * @since 0.1
 */
public final class BackendEntry {
  private final String name;
  private final TreeSettings settings;
  private final Node.Fields tree;

  BackendEntry(String name, Node.Fields tree) {
    if (!isName(name)) {
      throw new InvalidConfiguration(tree.origin()
          + ": a backend's name has no blanks, ':', '/' or '@', for ids of jobs begin with it: '"
          + name
          + "'");
    }
    this.name = name;
    this.tree = tree;
    this.settings = new TreeSettings(tree, "backends.".concat(name));
  }

  /**
   * An entry from Java.
   *
   * @param type the type of backend
   * @param values what an entry of the file takes: {@code config}, {@code transport},
   *     {@code launch}, {@code submit}, {@code workspace}, {@code name}
   * @return the entry; its name is the type unless {@code name} is given
   * @throws InvalidConfiguration when a key is unknown or a value has the wrong type
   */
  public static BackendEntry of(String type, Map<String, ? extends @Nullable Object> values) {
    return JavaValues.entry(type, values);
  }

  /**
   * The keys that describe a job's resources and surroundings, which every entry may have in its
   * {@code config}, and which {@code defaults} may have as well.
   *
   * @return the keys
   */
  public static List<ConfigKey> commonKeys() {
    return Schema.COMMON_KEYS;
  }

  /**
   * The entry's name.
   *
   * @return the name; by default the type
   */
  public String name() {
    return name;
  }

  /**
   * The type of backend, as written.
   *
   * @return what a plugin's {@code matches} answers to
   */
  public String type() {
    return settings.string("type").orElse(name);
  }

  /**
   * The launcher that {@code hpc-launch} takes for this entry.
   *
   * @return {@code launch.type}, or empty for the backend's own choice
   */
  public Optional<String> launchType() {
    return settings.string("launch.type");
  }

  /**
   * What launchers are told.
   *
   * @return the {@code launch} settings
   */
  public LaunchSettings launch() {
    return new LaunchSettings(
        settings.string("launch.exec").orElse(null),
        settings.string("launch.numproc_flag").orElse(null),
        settings.words("launch.default_options"),
        settings.words("launch.pre_options"),
        settings.strings("launch.variables"),
        settings.words("launch.mpmd.global_options"),
        settings.words("launch.mpmd.local_options"));
  }

  /**
   * The plugin's own keys, and the {@linkplain #commonKeys() common ones}.
   *
   * @return the {@code config} settings, not yet checked
   * @see #check
   */
  public Settings config() {
    return settings.section("config");
  }

  /**
   * What backends are told about submissions: {@code default_options}, {@code polling_interval}
   * (seconds), {@code commands_per_minute}.
   *
   * @return the {@code submit} settings
   */
  public Settings submit() {
    return settings.section("submit");
  }

  /**
   * The way to the scheduler's host.
   *
   * @return the {@code transport} settings; empty ones for this machine
   */
  public Settings transport() {
    return settings.section("transport");
  }

  /**
   * Where job directories go.
   *
   * @return a path on the transport's host, as written, or empty
   */
  public Optional<String> workspace() {
    return settings.string("workspace");
  }

  /**
   * The resources of jobs that say nothing themselves.
   *
   * @param own the plugin's keys, which mean what the plugin says
   * @return the common keys of {@code config} but for the plugin's own; defaults are not merged in
   */
  public Resources resources(List<ConfigKey> own) {
    Node.Fields config = part("config");
    Node.Fields common = Node.Fields.empty(config.origin());
    common.entries().putAll(config.entries());
    own.forEach(key -> common.entries().remove(key.name()));
    return new ResourceKeys(common, "backends." + name + ".config").read();
  }

  /**
   * The modules that jobs load.
   *
   * @return names for {@code module load}, in order
   */
  public List<String> modules() {
    return settings.words("config.modules");
  }

  /**
   * Checks {@code config} against what the plugin knows.
   *
   * @param known the plugin's keys; the {@linkplain #commonKeys() common ones} are known anyway
   * @throws InvalidConfiguration for an unknown key, a value of the wrong type, or one that is for
   *     Dynaconf to evaluate; the message names file, line, and the closest known key
   */
  public void check(List<ConfigKey> known) {
    String path = "backends." + name + ".config";
    part("config")
        .entries()
        .forEach((key, value) -> CcatFormat.checkEvaluated(path + "." + key, value));
    Checker.plugin(part("config"), known, Schema.COMMON_KEYS, path);
  }

  /**
   * Checks {@code transport} against what the transport's provider knows.
   *
   * @param known the provider's keys; {@code type} is known anyway
   * @throws InvalidConfiguration for an unknown key or a value of the wrong type
   */
  public void checkTransport(List<ConfigKey> known) {
    Checker.plugin(
        part("transport"), known, Schema.TRANSPORT_KEYS, "backends." + name + ".transport");
  }

  /**
   * Whether the backend is meant to be used, and not only configured for the case that it is.
   *
   * @return false for an entry that only other systems' files and variables made, which have a
   *     section or a key for each scheduler
   */
  public boolean isMeant() {
    Node type = tree.entries().get("type");
    return type == null || !type.origin().source().onlyConfigures();
  }

  /**
   * Where the entry stands, for messages.
   *
   * @return such as {@code site.yaml:12}
   */
  public String origin() {
    return tree.origin().text();
  }

  private Node.Fields part(String key) {
    Node part = tree.entries().get(key);
    return part instanceof Node.Fields map ? map : Node.Fields.empty(tree.origin());
  }

  /** What JobId takes. */
  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c <= ' ' || c == 127 || c == ':' || c == '/' || c == '@') {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
