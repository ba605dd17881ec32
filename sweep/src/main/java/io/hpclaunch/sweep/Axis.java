// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.util.List;

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

  int size() {
    return values.get(0).size();
  }
}
