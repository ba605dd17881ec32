// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job, node, queue or server as one of PBS' listings tells it.
 *
 * @param name its id or name
 * @param values its attributes as text; those of a group by both names, such as
 *     {@code resources_used.mem}
 * @param variables its {@code Variable_List}
 */
record PbsRecord(String name, Map<String, String> values, Map<String, String> variables) {
  /** The attribute that holds others whose names are free. */
  static final String VARIABLES = "Variable_List";

  /** An empty one, to be filled. */
  static PbsRecord named(String name) {
    return new PbsRecord(name, new LinkedHashMap<>(), new LinkedHashMap<>());
  }

  /** Adds an attribute; a list of variables is taken apart. */
  void put(String key, String value) {
    if (key.equals(VARIABLES)) {
      variables.putAll(PbsVariables.list(value));
    } else {
      values.put(key, value);
    }
  }

  /** The text of an attribute, or null. */
  @Nullable String get(String key) {
    return values.get(key);
  }

  /** The first of these that is there: OpenPBS and Torque name some attributes differently. */
  @Nullable String first(String... keys) {
    for (String key : keys) {
      String value = values.get(key);
      if (value != null) {
        return value;
      }
    }
    return null;
  }
}
