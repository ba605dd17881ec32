// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.InvalidConfiguration;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Numbers of tasks, as {@code 1,3-5}.
 *
 * @since 0.1
 */
public final class TaskSet {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");
  private static final Pattern COMMENT = Pattern.compile("#[^\\n]*");
  private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+");

  private final BitSet numbers;

  private TaskSet(BitSet numbers) {
    this.numbers = numbers;
  }

  /**
   * All from 1 on.
   *
   * @param count how many
   * @return the set
   */
  public static TaskSet first(int count) {
    BitSet numbers = new BitSet(count + 1);
    numbers.set(1, count + 1);
    return new TaskSet(numbers);
  }

  /**
   * The given ones.
   *
   * @param numbers in any order
   * @return the set
   */
  public static TaskSet of(Iterable<Integer> numbers) {
    BitSet all = new BitSet();
    numbers.forEach(all::set);
    return new TaskSet(all);
  }

  /**
   * Reads numbers and ranges. Commas, blanks and line ends separate, {@code #} begins a comment; a
   * number that is written twice counts once.
   *
   * @param text such as {@code 1,3-5}
   * @param source what messages call it
   * @param count the largest number that there is
   * @return the set
   * @throws InvalidConfiguration when the text is wrong
   */
  public static TaskSet parse(String text, String source, int count) {
    BitSet numbers = new BitSet();
    String plain = COMMENT.matcher(text).replaceAll(" ").strip();
    for (String part : plain.isEmpty() ? List.<String>of() : List.of(SEPARATOR.split(plain, -1))) {
      if (part.isEmpty()) {
        continue;
      }
      Matcher m = PART.matcher(part);
      if (!m.matches()) {
        throw new InvalidConfiguration(
            source + ": '" + part + "' is no task: write numbers and ranges, such as 1,3-5");
      }
      int first = Integer.parseInt(m.group(1));
      int last = m.group(2) == null ? first : Integer.parseInt(m.group(2));
      if (last < first) {
        throw new InvalidConfiguration(
            source + ": '" + part + "' ends before it begins: write " + last + "-" + first);
      }
      if (first < 1 || last > count) {
        throw new InvalidConfiguration(
            source + ": there is no task " + part + ": the sweep has 1 to " + count);
      }
      numbers.set(first, last + 1);
    }
    return new TaskSet(numbers);
  }

  /**
   * Whether a task is in it.
   *
   * @param number its number
   * @return true if it is
   */
  public boolean contains(int number) {
    return numbers.get(number);
  }

  /**
   * Those that another set has, too.
   *
   * @param other the other set
   * @return a new set
   */
  public TaskSet and(TaskSet other) {
    BitSet both = (BitSet) numbers.clone();
    both.and(other.numbers);
    return new TaskSet(both);
  }

  /**
   * How many there are.
   *
   * @return the number of tasks
   */
  public int size() {
    return numbers.cardinality();
  }

  /**
   * Whether there is none.
   *
   * @return true if it is empty
   */
  public boolean isEmpty() {
    return numbers.isEmpty();
  }

  /**
   * Goes through the numbers in ascending order.
   *
   * @param each takes a number
   */
  public void forEach(IntConsumer each) {
    numbers.stream().forEach(each);
  }

  /**
   * The smallest number.
   *
   * @return the number; -1 where there is none
   */
  public int first() {
    return numbers.nextSetBit(0);
  }

  int[] toArray() {
    return numbers.stream().toArray();
  }

  /** Whether these are the numbers from 1 to their count. */
  boolean isWhole() {
    return numbers.nextClearBit(1) == numbers.length() && !numbers.get(0) && !isEmpty();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int from = numbers.nextSetBit(0); from >= 0; ) {
      int end = numbers.nextClearBit(from);
      text.append(text.length() == 0 ? "" : ",").append(from);
      text.append(end - from > 1 ? "-" + (end - 1) : "");
      from = numbers.nextSetBit(end);
    }
    return text.toString();
  }
}
