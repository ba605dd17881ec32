// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * A job as its scheduler knows it.
 *
 * @param value the scheduler's own id: {@code 4711}, {@code 12.server}, {@code 12[].server}, a UUID
 * @param cluster the cluster among several that one scheduler serves, or null
 * @param index the element of an array, by the user's index (0 to 999,999,999), or null for a plain
 *     job or a whole array
 * @since 0.1
 */
public record NativeId(
    String value, @Nullable String cluster, @Nullable Integer index) {
  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException when the id is empty or holds blanks, control characters,
   *     {@code /} or {@code @}, or the index is out of bounds
   */
  public NativeId {
    check("native id", value);
    if (cluster != null) {
      check("cluster", cluster);
    }
    if (index != null && (index < 0 || index > ArrayRange.LARGEST_INDEX)) {
      throw new IllegalArgumentException("no index of an array: " + index);
    }
  }

  /**
   * A job's id, without cluster and index.
   *
   * @param value the scheduler's own id
   * @return the id
   */
  public static NativeId of(String value) {
    return new NativeId(value, null, null);
  }

  /**
   * The same job on a named cluster.
   *
   * @param name the cluster, or null for none
   * @return the id
   */
  public NativeId onCluster(@Nullable String name) {
    return new NativeId(value, name, index);
  }

  /**
   * One element of this array.
   *
   * @param element the user's index
   * @return the id
   */
  public NativeId element(int element) {
    return new NativeId(value, cluster, element);
  }

  /**
   * The whole array that this is an element of.
   *
   * @return the id without an index
   */
  public NativeId whole() {
    return index == null ? this : new NativeId(value, cluster, null);
  }

  static boolean isWord(String text) {
    return !text.isEmpty() && text.chars().noneMatch(c -> isBlank(c) || c == '/' || c == '@');
  }

  static boolean isBlank(int c) {
    return Character.isISOControl(c) || Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  private static void check(String what, String text) {
    if (!isWord(text)) {
      throw new IllegalArgumentException(
          what + " is empty or has a blank, '/' or '@': '" + text + "'");
    }
  }

  /** {@code VALUE[@CLUSTER][/INDEX]}. */
  @Override
  public String toString() {
    return value + (cluster == null ? "" : "@" + cluster) + (index == null ? "" : "/" + index);
  }
}
