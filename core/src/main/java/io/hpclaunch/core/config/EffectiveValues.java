// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Lists every value of a tree, for {@code config show}. */
final class EffectiveValues {
  private final List<Configuration.Value> values = new ArrayList<>();

  private EffectiveValues() {}

  static List<Configuration.Value> of(Node.Fields tree) {
    EffectiveValues all = new EffectiveValues();
    for (Map.Entry<String, Node> e : tree.entries().entrySet()) {
      String key = e.getKey();
      if (key.equals(Schema.PROFILES)) {
        continue;
      }
      boolean named = Schema.ROOT.keys().get(key) instanceof Key.Named;
      if ((named || key.equals(Schema.BACKENDS)) && e.getValue() instanceof Node.Fields byName) {
        // What the user calls an entry says nothing about secrets.
        for (Map.Entry<String, Node> entry : byName.entries().entrySet()) {
          all.add(Values.join(key, entry.getKey()), masked("", entry.getValue(), false));
        }
      } else {
        all.add(key, masked(key, e.getValue(), false));
      }
    }
    return List.copyOf(all.values);
  }

  private void add(String path, Node node) {
    if (node instanceof Node.Fields map && !map.entries().isEmpty()) {
      for (Map.Entry<String, Node> e : map.entries().entrySet()) {
        add(Values.join(path, e.getKey()), e.getValue());
      }
      return;
    }
    values.add(new Configuration.Value(
        path, Values.plain(node), FlowYaml.write(node), node.origin().text()));
  }

  /** The value with a mask in place of each secret in it. */
  private static Node masked(String key, Node node, boolean secret) {
    boolean hidden = secret || Secrets.isSecret(key);
    if (node instanceof Node.Fields map) {
      Map<String, Node> entries = new LinkedHashMap<>();
      for (Map.Entry<String, Node> e : map.entries().entrySet()) {
        entries.put(e.getKey(), masked(e.getKey(), e.getValue(), hidden));
      }
      return new Node.Fields(entries, map.origin());
    }
    if (node instanceof Node.Items list) {
      List<Node> items = new ArrayList<>();
      for (Node item : list.items()) {
        items.add(masked(key, item, hidden));
      }
      return new Node.Items(items, list.origin());
    }
    Node.Scalar scalar = (Node.Scalar) node;
    String text = hidden ? Secrets.MASK : Secrets.mask(key, scalar.text());
    return text.equals(scalar.text()) ? scalar : Node.Scalar.text(text, scalar.origin());
  }
}
