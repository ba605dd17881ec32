// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One {@code KEY=VALUE} of {@code --set}, or one {@code HPC__path__to__key} of the environment. The
 * path is read against the keys and the names that the tree has; where several of them fit, the
 * longest does, so that names may hold dots.
 */
final class Assignment {
  private final String path;
  private final String separator;
  private final Node value;
  private final Origin origin;
  private final List<String> names = new ArrayList<>();

  private Assignment(String path, String separator, Node value) {
    this.path = path;
    this.separator = separator;
    this.value = value;
    this.origin = value.origin();
  }

  /** The layer that an assignment makes. */
  static Node.Fields layer(
      Node.Fields tree, String path, String separator, String text, Source source) {
    Node value = CoreSchema.isPlain(text)
        ? new Node.Scalar(CoreSchema.kind(text), text, Origin.of(source))
        : YamlReader.value(text, source, path);
    return new Assignment(path, separator, value).layer(tree);
  }

  private Node.Fields layer(Node.Fields tree) {
    Key key = resolve(tree);
    Node node = Checker.check(key, value, String.join(".", names));
    if (key == Schema.ENTRY && node instanceof Node.Fields e && e.entries().containsKey("name")) {
      throw error("an entry's name cannot be changed");
    }
    for (int i = names.size() - 1; i >= 0; i--) {
      Node.Fields outer = Node.Fields.empty(origin);
      outer.entries().put(names.get(i), node);
      node = outer;
    }
    return (Node.Fields) node;
  }

  private Key resolve(Node.Fields tree) {
    Key key = Schema.ROOT;
    Node at = tree;
    String rest = path;
    while (true) {
      Set<String> existing = at instanceof Node.Fields map ? map.entries().keySet() : Set.of();
      String name = next(key, rest, existing);
      names.add(name);
      key = below(key, name);
      at = at instanceof Node.Fields map ? map.entries().get(name) : null;
      if (rest.length() == name.length()) {
        return key;
      }
      rest = rest.substring(name.length() + separator.length());
    }
  }

  private String next(Key key, String rest, Set<String> existing) {
    String first = first(rest);
    if (first.isEmpty()) {
      throw error("a name is missing in the path");
    }
    if (key instanceof Key.Group group) {
      return known(group, rest, first);
    }
    if (key instanceof Key.Entries) {
      String name = longest(rest, existing);
      return name != null ? name : newEntry(rest, existing);
    }
    if (key instanceof Key.Leaf leaf) {
      if (leaf.rule() == Key.Rule.TEXTS) {
        return rest;
      }
      if (leaf.type() != ConfigKey.Type.MAP && leaf.type() != ConfigKey.Type.ANY) {
        throw error(String.join(".", names) + " is no map: it has no key '" + first + "'");
      }
    }
    Set<String> candidates = new LinkedHashSet<>(existing);
    if (key instanceof Key.Open open) {
      candidates.addAll(open.known().keys().keySet());
    }
    String name = longest(rest, candidates);
    return name != null ? name : first;
  }

  private String known(Key.Group group, String rest, String first) {
    String name = longest(rest, group.keys().keySet());
    if (name == null) {
      throw Checker.unknown(first, String.join(".", names), group.keys().keySet(), origin);
    }
    if (names.isEmpty() && name.equals(Schema.PROFILES)) {
      throw error("profiles cannot be changed here: choose one with --profile");
    }
    if (group.equals(Schema.ENTRY) && name.equals("name")) {
      throw error("an entry's name cannot be changed");
    }
    return name;
  }

  /** An entry that is not there is made by giving its type. */
  private String newEntry(String rest, Set<String> existing) {
    String type = separator + "type";
    if (rest.endsWith(type) && rest.length() > type.length()) {
      return rest.substring(0, rest.length() - type.length());
    }
    if (!rest.contains(separator)
        && value instanceof Node.Fields map
        && map.entries().containsKey("type")) {
      return rest;
    }
    String name = first(rest);
    throw error("there is no backend '"
        + name
        + "': "
        + Checker.suggestion(name, existing)
        + " (a new one is made by backends."
        + name
        + ".type=TYPE)");
  }

  private static Key below(Key key, String name) {
    Key below = null;
    if (key instanceof Key.Group group) {
      below = group.keys().get(name);
    } else if (key instanceof Key.Entries entries) {
      below = entries.each();
    } else if (key instanceof Key.Named named) {
      below = named.each();
    } else if (key instanceof Key.Open open) {
      below = open.known().keys().get(name);
    }
    return below != null ? below : Key.of(ConfigKey.Type.ANY);
  }

  private String first(String rest) {
    int end = rest.indexOf(separator);
    return end < 0 ? rest : rest.substring(0, end);
  }

  private @Nullable String longest(String rest, Collection<String> candidates) {
    String longest = null;
    for (String name : candidates) {
      boolean fits = rest.equals(name) || rest.startsWith(name.concat(separator));
      if (fits && (longest == null || name.length() > longest.length())) {
        longest = name;
      }
    }
    return longest;
  }

  private InvalidConfiguration error(String message) {
    return new InvalidConfiguration(origin.text() + ": " + path + ": " + message);
  }
}
