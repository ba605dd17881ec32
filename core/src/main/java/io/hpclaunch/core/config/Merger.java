// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.Map;

/**
 * Lays one layer over another: maps merge, scalars and lists replace, null unsets. The result holds
 * no null, save in lists and profiles. Who only configures an entry does not say again of which
 * type it is.
 */
final class Merger {
  private Merger() {}

  /**
   * Merges into the lower layer, which is changed.
   *
   * @return the merged map; it stands where the upper one does
   */
  static Node.Fields merge(Node.Fields lower, Node.Fields upper) {
    return merge(lower, upper, false);
  }

  /** Merges profiles: what one of them unsets is unset when it is chosen, and not here. */
  static Node.Fields mergeProfiles(Node.Fields lower, Node.Fields upper) {
    return merge(lower, upper, true);
  }

  private static Node.Fields merge(Node.Fields lower, Node.Fields upper, boolean keepsNull) {
    for (Map.Entry<String, Node> e : upper.entries().entrySet()) {
      Node value = e.getValue();
      if (value.isNull() && !keepsNull) {
        lower.entries().remove(e.getKey());
      } else if (value instanceof Node.Fields map) {
        Node.Fields below = lower.entries().get(e.getKey()) instanceof Node.Fields existing
            ? existing
            : Node.Fields.empty(map.origin());
        lower.entries().put(e.getKey(), merge(below, map, keepsNull));
      } else if (!lower.entries().containsKey(e.getKey()) || !isSaidAside(e.getKey(), value)) {
        lower.entries().put(e.getKey(), value);
      }
    }
    return new Node.Fields(lower.entries(), upper.origin());
  }

  private static boolean isSaidAside(String key, Node value) {
    return key.equals("type") && value.origin().source().onlyConfigures();
  }
}
