// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** The product of axes, the last one varying fastest; each combination is made when asked for. */
final class Combinations extends AbstractList<Combination> implements RandomAccess {
  private final List<Axis> axes;
  private final int size;

  /** Where conditions leave some out: the positions in the product that are kept. */
  private final int @Nullable [] kept;

  private Combinations(List<Axis> axes, int size, int @Nullable [] kept) {
    this.axes = axes;
    this.size = size;
    this.kept = kept;
  }

  /**
   * Takes the first of a product.
   *
   * @param axes what to multiply; none makes one empty combination
   * @param product how many there are
   * @param limit how many at most
   * @param excluded which to leave out
   */
  static Combinations of(List<Axis> axes, long product, int limit, Exclusions excluded) {
    if (excluded.isEmpty()) {
      return new Combinations(axes, (int) Math.min(product, limit), null);
    }
    Combinations all = new Combinations(axes, (int) product, null);
    int[] kept = new int[(int) Math.min(product, limit)];
    int count = 0;
    for (int i = 0; i < all.size() && count < kept.length; i++) {
      if (!excluded.matches(all.params(i))) {
        kept[count++] = i;
      }
    }
    return new Combinations(axes, count, Arrays.copyOf(kept, count));
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Combination get(int position) {
    if (position < 0 || position >= size) {
      throw new IndexOutOfBoundsException(position);
    }
    return new Combination(position + 1, params(kept == null ? position : kept[position]));
  }

  private Map<String, Value> params(int position) {
    int[] at = new int[axes.size()];
    int rest = position;
    for (int i = axes.size() - 1; i >= 0; i--) {
      int length = axes.get(i).size();
      at[i] = rest % length;
      rest /= length;
    }
    Map<String, Value> params = new LinkedHashMap<>();
    for (int i = 0; i < at.length; i++) {
      Axis axis = axes.get(i);
      for (int j = 0; j < axis.names().size(); j++) { // a paired value takes the grid's place
        params.put(axis.names().get(j), axis.values().get(j).get(at[i]));
      }
    }
    return params;
  }
}
