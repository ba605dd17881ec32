// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The variables that set keys: those of other systems, over them our own few, over them any key as
 * {@code HPC__path__to__key}. An empty variable of the first two kinds says nothing.
 */
final class Environment {
  /** The rank of other systems' variables. */
  static final int FOREIGN = 2000;

  private static final int OWN = 2001;
  private static final int PATHS = 2002;
  private static final String PATH_PREFIX = "HPC__";
  private static final String SEPARATOR = "__";
  private static final String BACKEND = "backend";

  private final Map<String, String> variables;
  private Node.Fields tree;

  private Environment(Node.Fields tree, Map<String, String> variables) {
    this.tree = tree;
    this.variables = variables;
  }

  /** Lays the environment over a tree. */
  static Node.Fields over(Node.Fields tree, Map<String, String> variables) {
    Environment environment = new Environment(tree, variables);
    environment.foreign();
    environment.text("HPC_BACKEND", OWN, BACKEND);
    environment.text("HPC_WALLTIME", OWN, "defaults", "walltime");
    environment.text("HPC_RESOURCES", OWN, "defaults", Schema.RESOURCES);
    environment.paths();
    return environment.tree;
  }

  private void foreign() {
    if (!"auto".equals(variables.get("HSM_HPC_SYSTEM"))) {
      text("HSM_HPC_SYSTEM", FOREIGN, BACKEND);
    }
    text("HSM_HPC_WALLTIME", FOREIGN, "defaults", "walltime");
    text("HSM_HPC_RESOURCES", FOREIGN, "defaults", Schema.RESOURCES);
    ccatsBackend();
    ofType("CCAT_WORKFLOW_MANAGER_SLURM_PARTITION", "slurm", "partition", "queue");
    ofType("CCAT_WORKFLOW_MANAGER_K8S_NAMESPACE", "k8s", "namespace");
  }

  private void ccatsBackend() {
    String variable = CcatFormat.VARIABLE_PREFIX.concat(CcatFormat.BACKEND);
    String name = variables.get(variable);
    if (name != null && !name.isEmpty()) {
      put(variable, FOREIGN, CcatFormat.backend(name), BACKEND);
    }
  }

  private void text(String variable, int rank, String... path) {
    String text = variables.get(variable);
    if (text == null || text.isEmpty()) {
      return;
    }
    put(variable, rank, text, path);
  }

  private void put(String variable, int rank, String text, String... path) {
    Node node = Node.Scalar.text(text, Origin.of(Source.environment(variable, rank)));
    Key key = Schema.ROOT;
    for (String name : path) {
      Key below = ((Key.Group) key).keys().get(name);
      if (below != null) {
        key = below;
      }
    }
    set(Checker.check(key, node, String.join(".", path)), path);
  }

  private void set(Node value, String... path) {
    Node node = value;
    for (int i = path.length - 1; i >= 0; i--) {
      Node.Fields outer = Node.Fields.empty(value.origin());
      outer.entries().put(path[i], node);
      node = outer;
    }
    tree = Merger.merge(tree, (Node.Fields) node);
  }

  /** Sets a key of every entry of a type; without one, an entry of that name is made. */
  private void ofType(String variable, String type, String key, String... synonyms) {
    String text = variables.get(variable);
    if (text == null || text.isEmpty()) {
      return;
    }
    Node value = Node.Scalar.text(text, Origin.of(Source.environment(variable, FOREIGN)));
    List<String> names = entriesOfType(type);
    if (names.isEmpty()) {
      set(Node.Scalar.text(type, value.origin()), Schema.BACKENDS, type, "type");
      names.add(type);
    }
    for (String name : names) {
      set(value, Schema.BACKENDS, name, "config", key);
      for (String synonym : synonyms) {
        Node none = new Node.Scalar(Node.Kind.NULL, "", value.origin());
        set(none, Schema.BACKENDS, name, "config", synonym);
      }
    }
  }

  private List<String> entriesOfType(String type) {
    List<String> names = new ArrayList<>();
    if (tree.entries().get(Schema.BACKENDS) instanceof Node.Fields byName) {
      for (Map.Entry<String, Node> e : byName.entries().entrySet()) {
        if (e.getValue() instanceof Node.Fields entry
            && entry.entries().get("type") instanceof Node.Scalar s
            && s.text().equals(type)) {
          names.add(e.getKey());
        }
      }
    }
    return names;
  }

  private void paths() {
    List<String> names = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (String name : variables.keySet()) {
      if (name.startsWith(PATH_PREFIX)) {
        // A new entry's type comes first.
        (name.endsWith("__type") ? types : names).add(name);
      }
    }
    Collections.sort(types);
    Collections.sort(names);
    types.addAll(names);
    for (String name : types) {
      String text = variables.get(name);
      if (text != null) {
        Source source = Source.environment(name, PATHS);
        String path = name.substring(PATH_PREFIX.length());
        tree = Merger.merge(tree, Assignment.layer(tree, path, SEPARATOR, text, source));
      }
    }
  }
}
