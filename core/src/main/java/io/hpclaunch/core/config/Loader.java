// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds a configuration, layer over layer. This runs whenever {@code hpc-launch} starts: no
 * library is loaded here, and no lambda, unless something has to be parsed or an error told.
 */
final class Loader {
  private static final int PROFILE = 1000;
  private static final int COMMAND_LINE = 3000;

  private final ConfigSources sources;
  private final List<Path> filesRead = new ArrayList<>();
  private Node.Fields tree = builtIn();

  Loader(ConfigSources sources) {
    this.sources = sources;
  }

  Configuration load() {
    Map<String, ? extends @Nullable Object> values = sources.javaValues();
    if (values != null) {
      Source java = new Source(Source.Kind.JAVA, "configuration from Java", 1);
      merge(Checker.layer(JavaValues.node(values, Origin.of(java), "")));
    } else {
      files();
    }
    profile();
    tree = Environment.over(tree, sources.environment());
    sets();
    complete();
    return new Configuration(tree, filesRead);
  }

  private static Node.Fields builtIn() {
    Origin origin = Origin.of(Source.BUILT_IN);
    Node.Fields tree = Node.Fields.empty(origin);
    tree.entries().put("debug", new Node.Scalar(Node.Kind.BOOL, "false", origin));
    tree.entries().put("durability", Node.Scalar.text("process", origin));
    return tree;
  }

  private void merge(Node.Fields layer) {
    Node profiles = layer.entries().remove(Schema.PROFILES);
    Node below = tree.entries().get(Schema.PROFILES);
    tree = Merger.merge(tree, layer);
    if (profiles instanceof Node.Fields overlays) {
      Node.Fields lower =
          below instanceof Node.Fields map ? map : Node.Fields.empty(overlays.origin());
      tree.entries().put(Schema.PROFILES, Merger.mergeProfiles(lower, overlays));
    } else if (profiles != null) {
      tree.entries().remove(Schema.PROFILES);
    }
  }

  private void files() {
    TreeCache cache = new TreeCache(sources.stateDirectory());
    for (ConfigFile file : FileSearch.of(sources)) {
      filesRead.add(file.path());
      merge(file.read(filesRead.size(), cache));
    }
  }

  private void profile() {
    String option = sources.profile();
    String variable = sources.environment().get("HPC_PROFILE");
    String name = option != null ? option : variable;
    Node all = tree.entries().get(Schema.PROFILES);
    Map<String, Node> known = all instanceof Node.Fields map ? map.entries() : Map.of();
    if (name == null || (option == null && name.isEmpty())) {
      String theirs = sources.environment().get(CcatFormat.ENVIRONMENT);
      name = theirs == null ? null : CcatFormat.environment(theirs, known);
    }
    if (name == null) {
      return;
    }
    if (!(known.get(name) instanceof Node.Fields overlay)) {
      throw new InvalidConfiguration((option != null ? "--profile" : "environment HPC_PROFILE")
          + ": there is no profile '"
          + name
          + "': "
          + Checker.suggestion(name, known.keySet()));
    }
    merge(overlay.moved(new Origin.ToProfile(name, PROFILE)));
  }

  private void sets() {
    for (String set : sources.sets()) {
      if (set.indexOf('=') < 1) {
        throw new InvalidConfiguration("--set: '" + set + "' is not KEY=VALUE");
      }
    }
    set(true);
    set(false);
  }

  /** Types go first, so that a new entry can be made by words in any order. */
  private void set(boolean types) {
    Source source = new Source(Source.Kind.COMMAND_LINE, "--set", COMMAND_LINE);
    for (String set : sources.sets()) {
      int equals = set.indexOf('=');
      String key = set.substring(0, equals);
      if (key.endsWith(".type") == types) {
        merge(Assignment.layer(tree, key, ".", set.substring(equals + 1), source));
      }
    }
  }

  /** What can only be told when all layers are merged. */
  private void complete() {
    if (!(tree.entries().get(Schema.BACKENDS) instanceof Node.Fields byName)) {
      return;
    }
    for (Map.Entry<String, Node> e : byName.entries().entrySet()) {
      Node.Fields entry = (Node.Fields) e.getValue();
      requireType(entry, "backends.".concat(e.getKey()), "slurm");
      if (entry.entries().get("transport") instanceof Node.Fields transport
          && !transport.entries().isEmpty()) {
        requireType(transport, "backends.".concat(e.getKey()).concat(".transport"), "ssh");
      }
    }
  }

  private static void requireType(Node.Fields map, String path, String example) {
    if (!map.entries().containsKey("type")) {
      throw Values.error(map, path, "has no type: write type: " + example);
    }
  }
}
