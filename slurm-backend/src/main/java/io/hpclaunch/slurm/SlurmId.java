// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What Slurm's listings call a job: {@code 12}, an element {@code 12_3}, elements that wait
 * together {@code 12_[3-10%2]}, a component of a heterogeneous job {@code 12+1}, each with or
 * without a step such as {@code .batch}.
 *
 * @param job the job's number, of an array the whole array's
 * @param task the scheduler's index of one element, or null
 * @param tasks the scheduler's indices of elements that wait together, or null
 * @param component the number of a heterogeneous job's component, or null
 * @param step {@code batch}, {@code extern}, {@code 0} …, or null for the allocation
 */
record SlurmId(
    String job,
    @Nullable Integer task,
    @Nullable TaskSet tasks,
    @Nullable Integer component,
    @Nullable String step) {
  private static final int MOST_DIGITS = 10;

  /**
   * Indices of elements.
   *
   * @param ranges the ranges, in Slurm's order
   * @param complete false where Slurm cut the list off ({@code ...}; see {@code SLURM_BITSTR_LEN})
   */
  record TaskSet(List<ArrayRange> ranges, boolean complete) {
    TaskSet {
      ranges = List.copyOf(ranges);
    }

    /** Whether an index is among those that were listed. */
    boolean contains(int index) {
      return ranges.stream().anyMatch(range -> range.contains(index));
    }
  }

  /** Reads an id; null where the text is none. */
  static @Nullable SlurmId parse(String text) {
    int end = digits(text, 0);
    if (end == 0) {
      return null;
    }
    String job = text.substring(0, end);
    int dot = text.indexOf('.', closingBracket(text, end));
    String step = dot < 0 ? null : text.substring(dot + 1);
    String rest = text.substring(end, dot < 0 ? text.length() : dot);
    if (step != null && step.isEmpty()) {
      return null;
    }
    if (rest.isEmpty()) {
      return new SlurmId(job, null, null, null, step);
    }
    char mark = rest.charAt(0);
    String what = rest.substring(1);
    if (mark == '_' && what.startsWith("[")) {
      TaskSet tasks = what.endsWith("]")
          ? tasks(what.substring(1, what.length() - 1))
          : cutOff(what.substring(1));
      return tasks == null ? null : new SlurmId(job, null, tasks, null, step);
    }
    Integer number = number(what);
    if (number == null) {
      return null;
    }
    return switch (mark) {
      case '_' -> new SlurmId(job, number, null, null, step);
      case '+' -> new SlurmId(job, null, null, number, step);
      default -> null;
    };
  }

  /** Reads {@code 1,3,5-70:2%4}, which Slurm may have cut off; null where the text is none. */
  static @Nullable TaskSet tasks(String text) {
    String list = text;
    int percent = list.indexOf('%');
    if (percent >= 0 && number(list.substring(percent + 1)) != null) {
      list = list.substring(0, percent);
    }
    List<ArrayRange> ranges = new ArrayList<>();
    boolean complete = true;
    for (String part : list.split(",", -1)) {
      if (part.startsWith("...")) {
        complete = false;
      } else {
        try {
          ranges.add(ArrayRange.parse(part));
        } catch (InvalidJob e) {
          return null;
        }
      }
    }
    return ranges.isEmpty() ? null : new TaskSet(ranges, complete);
  }

  /** Reads a list that ends anywhere: what stands behind its last comma may be half a number. */
  private static @Nullable TaskSet cutOff(String text) {
    int comma = text.lastIndexOf(',');
    TaskSet tasks = comma < 0 ? null : tasks(text.substring(0, comma));
    return tasks == null ? null : new TaskSet(tasks.ranges(), false);
  }

  /** Where the brackets end, in which a dot is no step's. */
  private static int closingBracket(String text, int from) {
    int bracket = text.indexOf(']', from);
    return bracket < 0 ? from : bracket;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    return at - from > MOST_DIGITS ? from : at;
  }

  private static @Nullable Integer number(String text) {
    if (text.isEmpty() || text.length() > 9 || digits(text, 0) != text.length()) {
      return null;
    }
    return Integer.valueOf(text);
  }
}
