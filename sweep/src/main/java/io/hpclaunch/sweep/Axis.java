// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a sweep whose parameters advance together.
 *
 * @param names the parameters
 * @param values of each parameter the values, all equally many
 */
record Axis(List<String> names, List<List<Value>> values) {
  Axis {
    names = List.copyOf(names);
    values = values.stream().map(List::copyOf).toList();
  }

  /** The parameters, and whether any value of theirs is a map. */
  Map<String, Boolean> mapped() {
    Map<String, Boolean> mapped = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      mapped.put(names.get(i), values.get(i).stream().anyMatch(Value.Fields.class::isInstance));
    }
    return mapped;
  }

  int size() {
    return values.get(0).size();
  }
}
