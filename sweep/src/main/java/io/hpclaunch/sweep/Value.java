// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of a parameter.
 *
 * @since 0.1
 */
public sealed interface Value {
  /**
   * What a program is given: a text as it is, a number as it was written, {@code true},
   * {@code false}, {@code null}, a list as {@code [64, 32]} or {@code ['a', 'b']}.
   *
   * @return the text
   */
  String text();

  /**
   * The value in JSON. A number that JSON cannot write so, such as {@code .inf}, is a string.
   *
   * @return JSON on one line
   */
  String json();

  /**
   * The value within a list or map: texts stand in quotes there.
   *
   * @return the text
   */
  String quoted();

  /** What a scalar is. */
  enum Kind {
    /** No value. */
    NULL,
    /** True or false. */
    BOOL,
    /** An integer or a decimal. */
    NUMBER,
    /** Text. */
    TEXT
  }

  /**
   * A single value.
   *
   * @param kind what it is
   * @param text as it was written, without quotes
   */
  record Scalar(Kind kind, String text) implements Value {
    @Override
    public String json() {
      return switch (kind) {
        case NULL, BOOL -> text;
        case NUMBER -> Numbers.json(text);
        case TEXT -> Jsons.quote(text);
      };
    }

    @Override
    public String quoted() {
      return kind == Kind.TEXT ? PythonText.repr(text) : text;
    }

    /** Whether this is a number with a value, and not an infinity or no number at all. */
    boolean isFinite() {
      return kind == Kind.NUMBER && Numbers.decimal(text) != null;
    }
  }

  /**
   * A list that is one value.
   *
   * @param items what is in it
   */
  record Items(List<Value> items) implements Value {
    /** Copies the list. */
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String text() {
      List<String> texts = new ArrayList<>();
      items.forEach(item -> texts.add(item.quoted()));
      return "[" + String.join(", ", texts) + "]";
    }

    @Override
    public String json() {
      List<String> texts = new ArrayList<>();
      items.forEach(item -> texts.add(item.json()));
      return "[" + String.join(", ", texts) + "]";
    }

    @Override
    public String quoted() {
      return text();
    }
  }

  /**
   * A map that is one value.
   *
   * @param entries what is in it, in the order written
   */
  record Fields(Map<String, Value> entries) implements Value {
    /** Copies the map. */
    public Fields {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public String text() {
      List<String> texts = new ArrayList<>();
      entries.forEach((name, value) -> texts.add(name + ": " + value.quoted()));
      return "{" + String.join(", ", texts) + "}";
    }

    @Override
    public String json() {
      List<String> texts = new ArrayList<>();
      entries.forEach((name, value) -> texts.add(Jsons.quote(name) + ": " + value.json()));
      return "{" + String.join(", ", texts) + "}";
    }

    @Override
    public String quoted() {
      return text();
    }
  }

  /**
   * A text.
   *
   * @param text the text
   * @return the value
   */
  static Value of(String text) {
    return new Scalar(Kind.TEXT, text);
  }

  /**
   * A computed number, printed as Python prints a float.
   *
   * @param number the number
   * @return the value
   */
  static Value of(double number) {
    return new Scalar(Kind.NUMBER, Numbers.python(number));
  }

  /**
   * An integer.
   *
   * @param number the number
   * @return the value
   */
  static Value of(long number) {
    return new Scalar(Kind.NUMBER, Long.toString(number));
  }

  /**
   * Whether two values are the same: numbers by what they count, whatever their writing.
   *
   * @param other the other
   * @return true if they are
   */
  default boolean isSame(Value other) {
    if (this instanceof Scalar a && other instanceof Scalar b) {
      if (a.kind() == Kind.NUMBER && b.kind() == Kind.NUMBER) {
        BigDecimal left = Numbers.decimal(a.text());
        BigDecimal right = Numbers.decimal(b.text());
        return (left == null || right == null)
            ? a.text().equals(b.text())
            : left.compareTo(right) == 0;
      }
      return a.equals(b);
    }
    if (this instanceof Items a && other instanceof Items b) {
      boolean same = a.items().size() == b.items().size();
      for (int i = 0; same && i < a.items().size(); i++) {
        same = a.items().get(i).isSame(b.items().get(i));
      }
      return same;
    }
    return equals(other);
  }
}
