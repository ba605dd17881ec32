// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Settings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The merged configuration: built-in values, files, the chosen profile, environment and command
 * line, each over the ones before. Immutable. Every key in it is known, and every value of the
 * right type, save for an entry's {@code config} and {@code transport}, whose keys only their
 * plugin knows.
 *
 * @since 0.1
 */
public final class Configuration {
  private final Node.Fields tree;
  private final List<Path> filesRead;
  private final List<BackendEntry> backends;

  Configuration(Node.Fields tree, List<Path> filesRead) {
    this.tree = tree;
    this.filesRead = List.copyOf(filesRead);
    this.backends = List.copyOf(entries(tree));
  }

  private static List<BackendEntry> entries(Node.Fields tree) {
    List<BackendEntry> all = new ArrayList<>();
    if (tree.entries().get(Schema.BACKENDS) instanceof Node.Fields byName) {
      for (Map.Entry<String, Node> e : byName.entries().entrySet()) {
        all.add(new BackendEntry(e.getKey(), (Node.Fields) e.getValue()));
      }
    }
    return all;
  }

  /**
   * Reads and merges everything.
   *
   * @param sources where to read from
   * @return the configuration
   * @throws InvalidConfiguration when a file cannot be read or parsed, a key is unknown, a value
   *     has the wrong type, a profile does not exist; the message names file and line
   */
  public static Configuration load(ConfigSources sources) {
    return new Loader(sources).load();
  }

  /**
   * The backend to take when none is named.
   *
   * @return the key {@code backend}; else the name of the only entry of {@code backends}, not
   *     counting those that another system's file only configures; else empty. It need not be the
   *     name of an entry: a type or an alias may stand here
   * @throws InvalidConfiguration when it is for Dynaconf to evaluate
   */
  public Optional<String> defaultBackend() {
    Node named = tree.entries().get("backend");
    if (named != null) {
      CcatFormat.checkEvaluated("backend", named);
      return root().string("backend");
    }
    BackendEntry only = null;
    for (BackendEntry entry : backends) {
      if (entry.isMeant()) {
        if (only != null) {
          return Optional.empty();
        }
        only = entry;
      }
    }
    return only == null ? Optional.empty() : Optional.of(only.name());
  }

  /**
   * The configured backends.
   *
   * @return the entries, in the order written; those of lower scopes first
   */
  public List<BackendEntry> backends() {
    return backends;
  }

  /**
   * A configured backend.
   *
   * @param name the entry's name
   * @return the entry, or empty when there is none of that name
   */
  public Optional<BackendEntry> backend(String name) {
    for (BackendEntry entry : backends) {
      if (entry.name().equals(name)) {
        return Optional.of(entry);
      }
    }
    return Optional.empty();
  }

  /**
   * What holds for every backend: {@code defaults}.
   *
   * @return the settings; those that describe resources are read by {@link #defaultResources}
   */
  public Settings defaults() {
    return section("defaults");
  }

  /**
   * The resources of a job that says nothing itself, on a backend whose entry says nothing.
   *
   * @return {@code defaults.resources}, {@code defaults.walltime} and the other fields of
   *     {@code defaults}, with {@code HPC_RESOURCES} and {@code HPC_WALLTIME} merged in
   */
  public Resources defaultResources() {
    return new ResourceKeys((Node.Fields) map("defaults"), "defaults").read();
  }

  /**
   * Where records and journals are kept.
   *
   * @return the {@code store} settings, not yet checked; empty ones for files of the state folder
   * @see #checkStore
   */
  public Settings store() {
    return section(Schema.STORE);
  }

  /**
   * Checks {@code store} against what the store's provider knows.
   *
   * @param known the provider's keys; {@code type} is known anyway
   * @throws InvalidConfiguration for an unknown key or a value of the wrong type; the message names
   *     file, line, and the closest known key
   */
  public void checkStore(List<ConfigKey> known) {
    Checker.plugin((Node.Fields) map(Schema.STORE), known, Schema.STORE_KEYS, Schema.STORE);
  }

  /**
   * A part of the configuration.
   *
   * @param key a path of names with dots, such as {@code worker_pools}
   * @return the settings; empty ones when the key is not set
   */
  public Settings section(String key) {
    return root().section(key);
  }

  /**
   * Everything.
   *
   * @return the settings, with {@code backends} as a map of entries by name
   */
  public Settings root() {
    return new TreeSettings(tree, "");
  }

  /**
   * The effective value of every key that is set, for {@code config show}. Values of keys that hold
   * secrets are masked. Profiles are left out: the chosen one is merged in.
   *
   * @return the values, in the order of the files
   */
  public List<Value> effective() {
    return EffectiveValues.of(tree);
  }

  /**
   * The files that were read.
   *
   * @return absolute paths, the one with the lowest precedence first
   */
  public List<Path> filesRead() {
    return filesRead;
  }

  private Node map(String key) {
    Node node = tree.entries().get(key);
    return node != null ? node : Node.Fields.empty(Origin.of(Source.BUILT_IN));
  }

  /**
   * One effective value.
   *
   * @param key the path of names with dots, as {@code --set} takes it
   * @param value a text, number, boolean, list or (empty) map; masked where it is a secret
   * @param text the same as YAML on one line
   * @param origin where it came from: {@code FILE:LINE}, {@code profile NAME in FILE:LINE},
   *     {@code environment NAME}, {@code --set} or {@code built-in}
   */
  public record Value(String key, @Nullable Object value, String text, String origin) {}
}
