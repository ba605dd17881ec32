// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files of hpc_connect: {@code debug}, {@code backend} and {@code backends} under
 * {@code hpc_connect:}, or at the top of a file in one of its own places. Its keys mean what ours
 * do, but for these: a {@code launch.name}, which nothing reads, and a
 * {@code submit.polling_interval} below zero, which stands for the backend's own.
 */
final class HpcConnectFormat implements ForeignFormat {
  static final String NAME = "hpc_connect";
  static final String FILE = "hpc_connect.yaml";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable Node translate(Node.Fields top, boolean ownPlace) {
    if (top.entries().containsKey(ConfigFile.OWN_KEY)) {
      return null;
    }
    Node content = top.entries().get(NAME);
    if (content == null) {
      if (!ownPlace) {
        return null;
      }
      content = top;
    }
    return content instanceof Node.Fields map ? translated(map) : content;
  }

  private static Node.Fields translated(Node.Fields map) {
    Map<String, Node> ours = new LinkedHashMap<>(map.entries());
    if (ours.get(Schema.BACKENDS) instanceof Node.Items list) {
      List<Node> entries = new ArrayList<>();
      for (Node entry : list.items()) {
        entries.add(entry instanceof Node.Fields fields ? entry(fields) : entry);
      }
      ours.put(Schema.BACKENDS, new Node.Items(entries, list.origin()));
    }
    return new Node.Fields(ours, map.origin());
  }

  private static Node.Fields entry(Node.Fields entry) {
    Map<String, Node> ours = new LinkedHashMap<>(entry.entries());
    if (ours.get("launch") instanceof Node.Fields launch) {
      ours.put("launch", without(launch, "name"));
    }
    if (ours.get("submit") instanceof Node.Fields submit
        && submit.entries().get("polling_interval") instanceof Node.Scalar interval
        && interval.text().startsWith("-")) {
      ours.put("submit", without(submit, "polling_interval"));
    }
    return new Node.Fields(ours, entry.origin());
  }

  private static Node.Fields without(Node.Fields map, String key) {
    Map<String, Node> rest = new LinkedHashMap<>(map.entries());
    rest.remove(key);
    return new Node.Fields(rest, map.origin());
  }
}
