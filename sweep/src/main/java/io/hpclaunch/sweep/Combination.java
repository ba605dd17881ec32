// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One combination of values.
 *
 * @param index its number, from 1
 * @param params the values by the parameters' names, in the order of the definition
 * @since 0.1
 */
public record Combination(int index, Map<String, Value> params) {
  private static final int NUMBER_WIDTH = 3;

  /** Copies the map. */
  public Combination {
    params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
  }

  /**
   * The values as words of a command line, in the manner of Hydra.
   *
   * @return {@code name=value} for each
   */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    params.forEach((name, value) -> words.add(name + "=" + value.text()));
    return words;
  }

  /**
   * The values as a JSON object.
   *
   * @return JSON on one line
   */
  public String json() {
    StringBuilder json = new StringBuilder("{");
    params.forEach((name, value) -> {
      json.append(json.length() > 1 ? ", " : "");
      json.append(Jsons.quote(name)).append(": ").append(value.json());
    });
    return json.append('}').toString();
  }

  /**
   * What the combination's task is called.
   *
   * @return {@code task_NNN}
   */
  public String task() {
    return task(index);
  }

  static String task(int index) {
    String number = Integer.toString(index);
    return "task_" + "0".repeat(Math.max(0, NUMBER_WIDTH - number.length())) + number;
  }
}
