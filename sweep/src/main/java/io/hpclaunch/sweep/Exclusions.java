// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Conditions under which a combination is left out. */
final class Exclusions {
  private final List<Map<String, Test>> conditions;

  Exclusions(List<Map<String, Test>> conditions) {
    this.conditions = List.copyOf(conditions);
  }

  boolean isEmpty() {
    return conditions.isEmpty();
  }

  /** Whether any condition holds: all of its tests do. */
  boolean matches(Map<String, Value> params) {
    for (Map<String, Test> condition : conditions) {
      boolean all = true;
      for (Map.Entry<String, Test> test : condition.entrySet()) {
        Value value = params.get(test.getKey());
        all = all && value != null && test.getValue().holds(value);
      }
      if (all) {
        return true;
      }
    }
    return false;
  }

  /** A test of one value. */
  sealed interface Test {
    boolean holds(Value value);
  }

  /** It is one of these. */
  record OneOf(List<Value> values) implements Test {
    @Override
    public boolean holds(Value value) {
      return values.stream().anyMatch(value::isSame);
    }
  }

  /** It is none of these. */
  record NoneOf(List<Value> values) implements Test {
    @Override
    public boolean holds(Value value) {
      return values.stream().noneMatch(value::isSame);
    }
  }

  /** What a number is compared by. */
  enum Comparison {
    LT,
    LE,
    GT,
    GE
  }

  /** It is a number below or above another. */
  record Compared(Comparison by, BigDecimal than) implements Test {
    @Override
    public boolean holds(Value value) {
      BigDecimal number = value instanceof Value.Scalar scalar && scalar.isFinite()
          ? Numbers.decimal(scalar.text())
          : null;
      if (number == null) {
        return false;
      }
      int order = number.compareTo(than);
      return switch (by) {
        case LT -> order < 0;
        case LE -> order <= 0;
        case GT -> order > 0;
        case GE -> order >= 0;
      };
    }
  }

  /** All of several. */
  record All(List<Test> tests) implements Test {
    @Override
    public boolean holds(Value value) {
      return tests.stream().allMatch(test -> test.holds(value));
    }
  }
}
