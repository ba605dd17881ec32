// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import java.util.List;
import java.util.OptionalInt;

/**
 * One program of a launch line; several, divided by {@code :}, run together (MPMD).
 *
 * @param options the launcher's options in front of the program
 * @param program the program and its arguments, at least one word
 * @param count how many times it is to be started, where the options tell
 * @since 0.1
 */
public record Segment(List<Word> options, List<Word> program, OptionalInt count) {
  /** Copies the lists. */
  public Segment {
    options = List.copyOf(options);
    program = List.copyOf(program);
  }

  /**
   * How many ranks it has.
   *
   * @return the count, else 1
   */
  public int ranks() {
    return count.orElse(1);
  }
}
