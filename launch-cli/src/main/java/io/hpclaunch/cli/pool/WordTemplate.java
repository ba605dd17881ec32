// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a command, in which {@code {}} stands for an input; where it stands nowhere, the
 * input is one more word.
 *
 * @param words the program and its arguments
 */
record WordTemplate(List<String> words) {
  private static final String PLACE = "{}";

  /** The words for an input. */
  List<String> with(String input) {
    List<String> filled = new ArrayList<>(words.size() + 1);
    boolean isUsed = false;
    for (String word : words) {
      isUsed |= word.contains(PLACE);
      filled.add(word.replace(PLACE, input));
    }
    if (!isUsed) {
      filled.add(input);
    }
    return filled;
  }
}
