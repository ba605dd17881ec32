// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.JobInfo;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the elements of an array, by the user's index. One that is not known costs
 * nothing, and those of which the same is known share it. Immutable: what comes of a change shares
 * all that has not changed, so that an array of 100,000 elements of which ten have moved costs what
 * the ten cost.
 */
public final class Elements {
  private static final int PAGE_BITS = 8;
  private static final int PAGE = 1 << PAGE_BITS;

  private final @Nullable ArrayRange range;

  /** By position in the range, in pages; no page is changed once it stands here. */
  private final SortedMap<Integer, @Nullable Observations[]> pages;

  private final int size;

  private Elements(
      @Nullable ArrayRange range, SortedMap<Integer, @Nullable Observations[]> pages, int size) {
    this.range = range;
    this.pages = pages;
    this.size = size;
  }

  /** Takes one element after the other. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Takes an element.
     *
     * @param index the user's index
     * @param known what is known of it
     */
    void take(int index, Observations known);
  }

  /**
   * Elements of which nothing is known.
   *
   * @param range the array; null for a plain job, which has none
   * @return the elements
   */
  public static Elements none(@Nullable ArrayRange range) {
    return new Elements(range, new TreeMap<>(), 0);
  }

  /**
   * How many elements are known.
   *
   * @return 0 or more
   */
  public int size() {
    return size;
  }

  /**
   * Whether nothing is known of any element.
   *
   * @return true for a plain job, too
   */
  public boolean isEmpty() {
    return size == 0;
  }

  /**
   * What is known of one element.
   *
   * @param index the user's index
   * @return what is known, or null
   */
  public @Nullable Observations get(int index) {
    if (range == null || !range.contains(index)) {
      return null;
    }
    int position = position(range, index);
    @Nullable Observations[] page = pages.get(position >> PAGE_BITS);
    return page == null ? null : page[position & (PAGE - 1)];
  }

  /**
   * Shows the elements that are known, in ascending order.
   *
   * @param visitor takes them
   */
  public void forEach(Visitor visitor) {
    ArrayRange array = range;
    if (array != null) {
      pages.forEach((number, page) -> {
        for (int i = 0; i < PAGE; i++) {
          Observations known = page[i];
          if (known != null) {
            visitor.take(index(array, (number << PAGE_BITS) + i), known);
          }
        }
      });
    }
  }

  /**
   * Takes observations in.
   *
   * @param seen what was seen, by the user's index; in ascending order it costs least
   * @param at when
   * @return what is known now
   * @throws IllegalArgumentException when the array has no such element
   */
  public Elements observe(Map<Integer, JobInfo> seen, Instant at) {
    Builder all = new Builder(this);
    JobInfo sameInfo = null;
    Observations sameBefore = null;
    Observations same = null;
    for (Map.Entry<Integer, JobInfo> each : seen.entrySet()) {
      JobInfo info = each.getValue();
      Observations before = all.get(each.getKey());
      if (same == null || !Objects.equals(before, sameBefore) || !info.equals(sameInfo)) {
        same = before == null ? Observations.first(info, at) : before.with(info, at);
        sameInfo = info;
        sameBefore = before;
      }
      all.put(each.getKey(), same);
    }
    return all.build();
  }

  /**
   * Brings together what two processes know.
   *
   * @param other what the other one knows of the same array
   * @return what both know; this, where the other one knows no more
   */
  public Elements merge(Elements other) {
    Builder all = new Builder(this);
    other.differing(this, all::merge);
    return all.build();
  }

  /**
   * Shows the elements of which more is known than before: where they stand, and not only how long
   * they have run.
   *
   * @param before what was known
   * @param visitor takes them, in ascending order
   */
  public void news(Elements before, Visitor visitor) {
    differing(before, (index, known) -> {
      Observations then = before.get(index);
      if (then == null || known.isNewsTo(then)) {
        visitor.take(index, known);
      }
    });
  }

  /**
   * Whether more is known than before.
   *
   * @param before what was known
   * @return as {@link #news} would show
   */
  public boolean hasNews(Elements before) {
    boolean[] found = new boolean[1];
    news(before, (index, known) -> found[0] = true);
    return found[0];
  }

  /** Shared pages are passed over, which makes it cheap. */
  private void differing(Elements other, Visitor visitor) {
    ArrayRange array = range;
    if (array == null) {
      return;
    }
    pages.forEach((number, page) -> {
      @Nullable Observations[] others = other.pages.get(number);
      for (int i = 0; page != others && i < PAGE; i++) {
        Observations known = page[i];
        if (known != null && (others == null || !known.equals(others[i]))) {
          visitor.take(index(array, (number << PAGE_BITS) + i), known);
        }
      }
    });
  }

  private static int position(ArrayRange range, int index) {
    return (index - range.first()) / range.step();
  }

  private static int index(ArrayRange range, int position) {
    return range.first() + position * range.step();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Elements that) || size != that.size) {
      return false;
    }
    boolean[] same = {true};
    differing(that, (index, known) -> same[0] &= known.equals(that.get(index)));
    return same[0];
  }

  @Override
  public int hashCode() {
    int[] hash = new int[1];
    forEach((index, known) -> hash[0] = 31 * (31 * hash[0] + index) + known.hashCode());
    return hash[0];
  }

  @Override
  public String toString() {
    return size + " elements of " + range;
  }

  /** Collects changes. */
  static final class Builder {
    private final Elements from;
    private final SortedMap<Integer, @Nullable Observations[]> pages;
    private final Set<Integer> own = new HashSet<>();
    private int size;

    Builder(Elements from) {
      this.from = from;
      this.pages = new TreeMap<>(from.pages);
      this.size = from.size;
    }

    @Nullable Observations get(int index) {
      ArrayRange range = from.range;
      if (range == null || !range.contains(index)) {
        return null;
      }
      int position = position(range, index);
      @Nullable Observations[] page = pages.get(position >> PAGE_BITS);
      return page == null ? null : page[position & (PAGE - 1)];
    }

    void put(int index, Observations known) {
      ArrayRange range = from.range;
      if (range == null || !range.contains(index)) {
        throw new IllegalArgumentException("array " + range + " has no element " + index);
      }
      int position = position(range, index);
      int at = position & (PAGE - 1);
      Integer number = position >> PAGE_BITS;
      @Nullable Observations[] page = pages.get(number);
      if (page != null && known.equals(page[at])) {
        return;
      }
      if (own.add(number)) {
        page = page == null ? new Observations[PAGE] : Arrays.copyOf(page, PAGE);
        pages.put(number, page);
      }
      if (page != null) {
        size += page[at] == null ? 1 : 0;
        page[at] = known;
      }
    }

    void merge(int index, Observations known) {
      Observations before = get(index);
      put(index, before == null ? known : before.merge(known));
    }

    Elements build() {
      return own.isEmpty() ? from : new Elements(from.range, pages, size);
    }
  }
}
