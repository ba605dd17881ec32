// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Whose end clients have asked for.
 *
 * @param whole whether it is the whole job's
 * @param elements the user's indices of single elements of an array
 */
public record CancelWish(boolean whole, Set<Integer> elements) {
  /** Nobody has asked for an end. */
  public static final CancelWish NONE = new CancelWish(false, Set.of());

  /** Copies the set. */
  public CancelWish {
    elements = Set.copyOf(elements);
  }

  /**
   * The wish for one end.
   *
   * @param index the element, or null for the whole job
   * @return the wish
   */
  public static CancelWish of(@Nullable Integer index) {
    return index == null ? new CancelWish(true, Set.of()) : new CancelWish(false, Set.of(index));
  }

  /**
   * Whether nobody has asked for anything.
   *
   * @return true for {@link #NONE}
   */
  public boolean isNone() {
    return !whole && elements.isEmpty();
  }

  /**
   * Whether somebody asked for this end.
   *
   * @param index an element, or null for the whole job
   * @return true for each element where the wish is for the whole
   */
  public boolean covers(@Nullable Integer index) {
    return whole || (index != null && elements.contains(index));
  }

  /**
   * Both wishes.
   *
   * @param other another one
   * @return what covers all that one of them covers
   */
  public CancelWish and(CancelWish other) {
    if (isNone() || other.isNone() || equals(other)) {
      return isNone() ? other : this;
    }
    Set<Integer> both = new TreeSet<>(elements);
    both.addAll(other.elements);
    return new CancelWish(whole || other.whole, both);
  }
}
