// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@link Settings} over a tree of nodes.
 *
 * @param map the tree
 * @param path where it hangs, for messages; empty for the root
 */
record TreeSettings(Node.Fields map, String path) implements Settings {
  @Override
  public Optional<String> string(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(Values.string(node, full(key)));
  }

  @Override
  public Optional<Integer> integer(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(Values.integer(node, full(key)));
  }

  @Override
  public Optional<Double> number(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(Values.number(node, full(key)));
  }

  @Override
  public Optional<Boolean> bool(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(Values.bool(node, full(key)));
  }

  @Override
  public Optional<Duration> duration(String key) {
    Node node = find(key);
    // Where a key may not be zero, that was seen when the file was read.
    return node == null ? Optional.empty() : Optional.of(Values.durationOrZero(node, full(key)));
  }

  @Override
  public Optional<Long> size(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(Values.size(node, full(key)));
  }

  @Override
  public List<String> words(String key) {
    Node node = find(key);
    return node == null ? List.of() : Values.words(node, full(key));
  }

  @Override
  public Map<String, String> strings(String key) {
    Node node = find(key);
    return node == null ? Map.of() : Values.strings(node, full(key));
  }

  @Override
  public Settings section(String key) {
    Node node = find(key);
    Node.Fields part = node == null ? Node.Fields.empty(map.origin()) : Values.map(node, full(key));
    return new TreeSettings(part, full(key));
  }

  @Override
  public Map<String, @Nullable Object> asMap() {
    return Values.plainMap(map);
  }

  @Override
  public Optional<String> origin(String key) {
    Node node = find(key);
    return node == null ? Optional.empty() : Optional.of(node.origin().text());
  }

  private String full(String key) {
    return Values.join(path, key);
  }

  private @Nullable Node find(String key) {
    Node node = find(map, key);
    return node == null || node.isNull() ? null : node;
  }

  /** The longest name that is there wins: names may hold dots themselves. */
  private static @Nullable Node find(Node.Fields in, String key) {
    Node whole = in.entries().get(key);
    if (whole != null) {
      return whole;
    }
    for (int dot = key.lastIndexOf('.'); dot > 0; dot = key.lastIndexOf('.', dot - 1)) {
      if (in.entries().get(key.substring(0, dot)) instanceof Node.Fields below) {
        Node found = find(below, key.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** Two settings are the same when they say the same, wherever they were written. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TreeSettings s && asMap().equals(s.asMap());
  }

  @Override
  public int hashCode() {
    return asMap().hashCode();
  }

  /** The keys alone: values may be secrets. */
  @Override
  public String toString() {
    return path + map.entries().keySet();
  }
}
