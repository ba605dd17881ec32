// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Checks values against the keys, and brings {@code backends} into the form in which layers merge:
 * a map from names to entries.
 */
final class Checker {
  private Checker() {}

  /** Checks everything under {@code hpc:} of one layer. */
  static Node.Fields layer(Node node) {
    if (node.isNull()) {
      return Node.Fields.empty(node.origin());
    }
    return (Node.Fields) check(Schema.ROOT, node, "");
  }

  /** Checks what only a plugin knows. */
  static void plugin(Node.Fields map, List<ConfigKey> known, List<ConfigKey> common, String path) {
    Key.Group keys = Schema.group(common);
    keys.keys().putAll(Schema.group(known).keys());
    check(keys, map, path);
  }

  /** Checks a value; null is fine everywhere, since it unsets. */
  static Node check(Key key, Node node, String path) {
    if (node.isNull()) {
      return node;
    }
    if (key instanceof Key.Leaf leaf) {
      Leaves.check(leaf, node, path);
      return node;
    }
    if (key instanceof Key.Entries entries) {
      return entries(entries, node, path);
    }
    Node.Fields map = Values.map(node, path.isEmpty() ? "hpc" : path);
    Node.Fields checked = Node.Fields.empty(map.origin());
    for (Map.Entry<String, Node> e : map.entries().entrySet()) {
      String below = Values.join(path, e.getKey());
      Node value = e.getValue();
      checked.entries().put(e.getKey(), field(key, e.getKey(), value, path, below));
    }
    return checked;
  }

  private static Node field(Key key, String name, Node value, String path, String below) {
    if (key instanceof Key.Named named) {
      return check(named.each(), value, below);
    }
    if (key instanceof Key.Open open) {
      Key known = open.known().keys().get(name);
      return known == null ? value : check(known, value, below);
    }
    Key.Group group = (Key.Group) key;
    Key known = group.keys().get(name);
    if (known == null) {
      throw unknown(name, path, group.keys().keySet(), value.origin());
    }
    return check(known, value, below);
  }

  static InvalidConfiguration unknown(
      String name, String path, Collection<String> known, Origin origin) {
    String where = path.isEmpty() ? "" : " in " + path;
    return new InvalidConfiguration(
        origin.text() + ": unknown key '" + name + "'" + where + ": " + suggestion(name, known));
  }

  static String suggestion(String name, Collection<String> known) {
    return ClosestName.of(name, known)
        .map(closest -> "did you mean '" + closest + "'?")
        .orElseGet(
            () -> known.isEmpty() ? "none is known" : "known are " + String.join(", ", known));
  }

  private static Node entries(Key.Entries key, Node node, String path) {
    if (!(node instanceof Node.Items list)) {
      throw Values.wrong(node, path, "a list of entries, each with a type");
    }
    Node.Fields byName = Node.Fields.empty(list.origin());
    for (Node item : list.items()) {
      Node.Fields entry = Values.map(item, path);
      String name = nameOf(entry, path);
      Node earlier = byName.entries().get(name);
      if (earlier != null) {
        throw twice(name, earlier, entry);
      }
      Node.Fields checked = (Node.Fields) check(key.each(), entry, Values.join(path, name));
      checked.entries().remove("name");
      byName.entries().put(name, checked);
    }
    return byName;
  }

  private static String nameOf(Node.Fields entry, String path) {
    for (String key : List.of("name", "type")) {
      Node value = entry.entries().get(key);
      if (value != null && !value.isNull()) {
        Leaves.check(
            (Key.Leaf) Key.of(ConfigKey.Type.STRING, Key.Rule.NAME), value, path + "[]." + key);
        return Values.string(value, path);
      }
    }
    Collection<String> known = Schema.ENTRY.keys().keySet();
    for (Map.Entry<String, Node> e : entry.entries().entrySet()) {
      if (!known.contains(e.getKey())) {
        throw unknown(e.getKey(), path, known, e.getValue().origin());
      }
    }
    throw Values.error(entry, path, "an entry has neither a name nor a type: write type: slurm");
  }

  private static InvalidConfiguration twice(String name, Node first, Node second) {
    int line = first.origin().line();
    return new InvalidConfiguration(second.origin().text()
        + ": backends has two entries named '"
        + name
        + "'"
        + (line > 0 ? ", the first at line " + line : "")
        + ": give them names of their own");
  }
}
