// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The elements of an array job: {@code FIRST-LAST[:STEP][%ATONCE]}.
 *
 * @param first the first index, 0 or more
 * @param last the last index that may occur, at least {@code first} and at most 999,999,999, which
 *     is more than any scheduler takes
 * @param step the distance of two indices, at least 1
 * @param atOnce how many elements may run at once, at least 1, or null for no limit
 * @since 0.1
 */
public record ArrayRange(
    int first, int last, int step, @Nullable Integer atOnce) {
  static final int LARGEST_INDEX = 999_999_999;

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?(?::(\\d{1,9}))?(?:%(\\d{1,9}))?");

  /**
   * Checks the numbers.
   *
   * @throws InvalidJob when the range is empty or a number is out of its bounds
   */
  public ArrayRange {
    String wrong = null;
    if (first < 0) {
      wrong = "indices begin at 0 or above";
    } else if (last < first) {
      wrong = "the last index is below the first";
    } else if (last > LARGEST_INDEX) {
      wrong = "indices end at " + LARGEST_INDEX;
    } else if (step < 1) {
      wrong = "the step must be at least 1";
    } else if (atOnce != null && atOnce < 1) {
      wrong = "at least 1 element must be allowed at once";
    }
    if (wrong != null) {
      throw new InvalidJob("array " + text(first, last, step, atOnce) + ": " + wrong);
    }
  }

  /**
   * Every index from first to last.
   *
   * @param first the first index
   * @param last the last index
   * @return the range
   */
  public static ArrayRange of(int first, int last) {
    return new ArrayRange(first, last, 1, null);
  }

  /**
   * Reads a range.
   *
   * @param text {@code FIRST[-LAST][:STEP][%ATONCE]}
   * @return the range
   * @throws InvalidJob when the text is no range
   */
  public static ArrayRange parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches()) {
      throw new InvalidJob("'"
          + text
          + "' is not an array: write one range FIRST-LAST[:STEP][%ATONCE], such as 1-100%4");
    }
    int first = Integer.parseInt(m.group(1));
    return new ArrayRange(
        first,
        m.group(2) == null ? first : Integer.parseInt(m.group(2)),
        m.group(3) == null ? 1 : Integer.parseInt(m.group(3)),
        m.group(4) == null ? null : Integer.valueOf(m.group(4)));
  }

  /**
   * How many elements there are.
   *
   * @return at least 1
   */
  public int size() {
    return (last - first) / step + 1;
  }

  /**
   * The indices in ascending order.
   *
   * @return the indices
   */
  public IntStream indices() {
    return IntStream.range(0, size()).map(i -> first + i * step);
  }

  /**
   * Whether an index belongs to the range.
   *
   * @param index the index
   * @return true if it is one of {@link #indices()}
   */
  public boolean contains(int index) {
    return index >= first && index <= last && (index - first) % step == 0;
  }

  private static String text(int first, int last, int step, @Nullable Integer atOnce) {
    return first
        + "-"
        + last
        + (step == 1 ? "" : ":" + step)
        + (atOnce == null ? "" : "%" + atOnce);
  }

  @Override
  public String toString() {
    return text(first, last, step, atOnce);
  }
}
