// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.ConfigKey;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a key's value must be. */
sealed interface Key {
  /** A value of one type. */
  record Leaf(ConfigKey.Type type, Rule rule) implements Key {}

  /** A map with known keys. */
  record Group(Map<String, Key> keys) implements Key {}

  /** A map from names that the user chooses to values of one form. */
  record Named(Key each) implements Key {}

  /** The list {@code backends}, which becomes a map from names to entries. */
  record Entries(Group each) implements Key {}

  /** A map whose keys only a plugin knows, save for some. */
  record Open(Group known) implements Key {}

  /** What is asked of a value beyond its type. */
  enum Rule {
    NONE,
    /** A number above zero. */
    POSITIVE,
    /** A number that is not below zero. */
    NOT_NEGATIVE,
    /** Text that is not empty. */
    NAME,
    /** {@code process} or {@code machine}. */
    DURABILITY,
    /** A scheduler's own words, or a map of cpu, memory_gb, time_hours, gpus, nodes, tasks. */
    RESOURCES,
    /** A map of scalars. */
    TEXTS
  }

  static Key of(ConfigKey.Type type) {
    return new Leaf(type, Rule.NONE);
  }

  static Key of(ConfigKey.Type type, Rule rule) {
    return new Leaf(type, rule);
  }

  /** Collects the keys of a group. */
  final class GroupBuilder {
    private final Map<String, Key> keys = new LinkedHashMap<>();

    GroupBuilder with(String name, Key key) {
      keys.put(name, key);
      return this;
    }

    GroupBuilder with(String name, ConfigKey.Type type) {
      return with(name, of(type));
    }

    Group build() {
      return new Group(keys);
    }
  }
}
