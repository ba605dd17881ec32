// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of the configuration that knows where it stands. A value in a map stands where its key
 * does. Trees are built and merged in place by {@link Loader} and never change afterwards.
 */
sealed interface Node {
  Origin origin();

  /** The same value, told as coming from elsewhere. */
  Node moved(Origin.Move move);

  /** What a scalar is in the core schema of YAML 1.2. */
  enum Kind {
    NULL,
    BOOL,
    INT,
    FLOAT,
    TEXT
  }

  /** A scalar with its text as written, without quotes. */
  record Scalar(Kind kind, String text, Origin origin) implements Node {
    static Scalar text(String text, Origin origin) {
      return new Scalar(Kind.TEXT, text, origin);
    }

    @Override
    public Scalar moved(Origin.Move move) {
      return new Scalar(kind, text, move.of(origin));
    }
  }

  /** A list. */
  record Items(List<Node> items, Origin origin) implements Node {
    @Override
    public Items moved(Origin.Move move) {
      List<Node> moved = new ArrayList<>(items.size());
      for (Node item : items) {
        moved.add(item.moved(move));
      }
      return new Items(moved, move.of(origin));
    }
  }

  /** A map, in the order written. */
  record Fields(Map<String, Node> entries, Origin origin) implements Node {
    static Fields empty(Origin origin) {
      return new Fields(new LinkedHashMap<>(), origin);
    }

    @Override
    public Fields moved(Origin.Move move) {
      Fields moved = empty(move.of(origin));
      for (Map.Entry<String, Node> e : entries.entrySet()) {
        moved.entries.put(e.getKey(), e.getValue().moved(move));
      }
      return moved;
    }
  }

  /** Whether this is YAML's null, which unsets a key. */
  default boolean isNull() {
    return this instanceof Scalar s && s.kind() == Kind.NULL;
  }

  /** What a message calls it. */
  default String kindName() {
    if (this instanceof Fields) {
      return "a map";
    }
    if (this instanceof Items) {
      return "a list";
    }
    return switch (((Scalar) this).kind()) {
      case NULL -> "null";
      case BOOL -> "true or false";
      case INT, FLOAT -> "a number";
      case TEXT -> "text";
    };
  }
}
