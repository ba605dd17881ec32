// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

/**
 * A key that a plugin understands in its entry's {@code config}. Keys that nobody declared are
 * errors that name the closest one.
 *
 * @param name the key; a dot separates the levels of nested maps
 * @param type what its value must be
 * @param description one line for listings
 * @since 0.1
 */
public record ConfigKey(String name, Type type, String description) {
  /** What a value must be. */
  public enum Type {
    /** Text; a number is taken as its text. */
    STRING,
    /** A whole number. */
    INTEGER,
    /** A number. */
    NUMBER,
    /** {@code true} or {@code false}. */
    BOOLEAN,
    /** {@code [D-]HH:MM:SS}, {@code MM:SS}, or whole seconds; more than zero. */
    DURATION,
    /** As {@link #DURATION}, or zero. */
    DURATION_OR_ZERO,
    /** A size of memory, such as {@code 16G}. */
    SIZE,
    /** A list of words, or one shell-quoted string. */
    WORDS,
    /** A list of anything. */
    LIST,
    /** A map of anything. */
    MAP,
    /** Anything. */
    ANY
  }

  /**
   * Declares a key.
   *
   * @param name the key
   * @param type what its value must be
   * @param description one line for listings
   * @return the key
   */
  public static ConfigKey of(String name, Type type, String description) {
    return new ConfigKey(name, type, description);
  }
}
