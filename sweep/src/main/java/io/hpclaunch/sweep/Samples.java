// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Values drawn by lot. The same seed draws the same values everywhere: {@link Random}'s numbers are
 * fixed by its documentation.
 */
final class Samples {
  static final int MOST = 10_000_000;

  private Samples() {}

  /** How values are drawn. */
  sealed interface Distribution {
    /** The value at a place between 0 and 1. */
    Value at(double place);
  }

  /** Every number between two alike. */
  record Uniform(double low, double high) implements Distribution {
    @Override
    public Value at(double place) {
      return Value.of(low + place * (high - low));
    }
  }

  /** Every order of magnitude between two numbers above 0 alike. */
  record LogUniform(double low, double high) implements Distribution {
    @Override
    public Value at(double place) {
      double log = Math.log(low) + place * (Math.log(high) - Math.log(low));
      return Value.of(Math.min(high, Math.max(low, Math.exp(log))));
    }
  }

  /** Every integer alike, both ends among them. */
  record Integers(long low, long high) implements Distribution {
    @Override
    public Value at(double place) {
      BigDecimal count = new BigDecimal(high).subtract(new BigDecimal(low)).add(BigDecimal.ONE);
      long offset = count.multiply(new BigDecimal(place)).longValue();
      return Value.of(Math.min(high, low + offset));
    }
  }

  /** Every value of a list alike. */
  record Choice(List<Value> values) implements Distribution {
    @Override
    public Value at(double place) {
      return values.get(Math.min(values.size() - 1, (int) (place * values.size())));
    }
  }

  /**
   * Draws values.
   *
   * @param distributions one for each parameter
   * @param count how many of each
   * @param seed of the lot
   * @param latin whether each parameter's range is cut into as many slices as there are samples, of
   *     which each has one sample: a Latin hypercube
   * @return of each parameter the values
   */
  static List<List<Value>> draw(
      List<Distribution> distributions, int count, long seed, boolean latin) {
    Random random = new Random(seed);
    List<List<Value>> all = new ArrayList<>();
    for (Distribution distribution : distributions) {
      List<Integer> slices = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        slices.add(i);
      }
      if (latin) {
        Collections.shuffle(slices, random);
      }
      List<Value> values = new ArrayList<>();
      for (int slice : slices) {
        double lot = random.nextDouble();
        values.add(distribution.at(latin ? (slice + lot) / count : lot));
      }
      all.add(values);
    }
    return all;
  }
}
