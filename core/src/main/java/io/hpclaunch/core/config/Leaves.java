// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.Resources;

/** Checks single values against their type and rule. */
final class Leaves {
  private Leaves() {}

  static void check(Key.Leaf key, Node node, String path) {
    switch (key.type()) {
      case STRING -> Values.string(node, path);
      case INTEGER -> Values.integer(node, path);
      case NUMBER -> Values.number(node, path);
      case BOOLEAN -> Values.bool(node, path);
      case DURATION -> Values.duration(node, path);
      case DURATION_OR_ZERO -> Values.durationOrZero(node, path);
      case SIZE -> Values.size(node, path);
      case WORDS -> Values.words(node, path);
      case LIST -> {
        if (!(node instanceof Node.Items)) {
          throw Values.wrong(node, path, "a list");
        }
      }
      case MAP -> Values.map(node, path);
      case ANY -> {}
    }
    rule(key.rule(), node, path);
  }

  private static void rule(Key.Rule rule, Node node, String path) {
    switch (rule) {
      case NONE -> {}
      case POSITIVE -> {
        double number = Values.number(node, path);
        if (!(number > 0) || Double.isInfinite(number)) {
          throw Values.wrong(node, path, "more than zero");
        }
      }
      case NOT_NEGATIVE -> {
        if (!(Values.number(node, path) >= 0)) {
          throw Values.wrong(node, path, "zero or more");
        }
      }
      case NAME -> {
        if (Values.string(node, path).isBlank()) {
          throw Values.error(node, path, "must not be empty");
        }
      }
      case DURABILITY -> {
        String text = Values.string(node, path);
        if (!text.equals("process") && !text.equals("machine")) {
          throw Values.wrong(node, path, "process or machine");
        }
      }
      case RESOURCES -> resources(node, path);
      case TEXTS -> Values.strings(node, path);
    }
  }

  static Resources resources(Node node, String path) {
    try {
      if (node instanceof Node.Fields map) {
        return Resources.of(Values.plainMap(map));
      }
      return Resources.parse(Values.string(node, path));
    } catch (InvalidJob e) {
      throw Values.error(node, path, String.valueOf(e.getMessage()));
    }
  }
}
