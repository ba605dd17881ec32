// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A map of the configuration, read by key. A value of the wrong kind is an
 * {@link InvalidConfiguration} that names the key, and the file and line that it came from.
 *
 * @since 0.1
 */
public interface Settings {
  /**
   * A text.
   *
   * @param key the key; a dot separates the levels of nested maps
   * @return the text, or empty when the key is not set
   */
  Optional<String> string(String key);

  /**
   * A whole number.
   *
   * @param key the key
   * @return the number, or empty when the key is not set
   */
  Optional<Integer> integer(String key);

  /**
   * A number.
   *
   * @param key the key
   * @return the number, or empty when the key is not set
   */
  Optional<Double> number(String key);

  /**
   * True or false.
   *
   * @param key the key
   * @return the value, or empty when the key is not set
   */
  Optional<Boolean> bool(String key);

  /**
   * A duration: {@code [D-]HH:MM:SS}, {@code MM:SS}, or whole seconds.
   *
   * @param key the key
   * @return the duration, or empty when the key is not set
   */
  Optional<Duration> duration(String key);

  /**
   * A size of memory.
   *
   * @param key the key
   * @return bytes, or empty when the key is not set
   */
  Optional<Long> size(String key);

  /**
   * Words: a list, or one shell-quoted string.
   *
   * @param key the key
   * @return the words; an empty list when the key is not set
   */
  List<String> words(String key);

  /**
   * A map of texts, such as variables.
   *
   * @param key the key
   * @return names and values, in the order written; an empty map when the key is not set
   */
  Map<String, String> strings(String key);

  /**
   * A nested map.
   *
   * @param key the key
   * @return the map; an empty one when the key is not set
   */
  Settings section(String key);

  /**
   * Everything, as plain maps, lists, strings, numbers and booleans.
   *
   * @return the values, in the order written
   */
  Map<String, @Nullable Object> asMap();

  /**
   * Where a key's value came from, for messages.
   *
   * @param key the key
   * @return such as {@code site.yaml:12}, or empty when the key is not set
   */
  Optional<String> origin(String key);
}
