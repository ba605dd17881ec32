// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code launch} part of a configured entry.
 *
 * @param exec the launcher's executable, a name or a path, or null for the launcher's own choice
 * @param numprocFlag an option of one's own that gives the number of ranks, or null
 * @param defaultOptions options that stand first
 * @param preOptions options that stand right before the program
 * @param variables variables that are set for the launched program
 * @param globalOptions with several segments: options that stand before all others
 * @param localOptions with several segments: options that begin each segment
 * @since 0.1
 */
public record LaunchSettings(
    @Nullable String exec,
    @Nullable String numprocFlag,
    List<String> defaultOptions,
    List<String> preOptions,
    Map<String, String> variables,
    List<String> globalOptions,
    List<String> localOptions) {
  /** Copies the collections. */
  public LaunchSettings {
    defaultOptions = List.copyOf(defaultOptions);
    preOptions = List.copyOf(preOptions);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    globalOptions = List.copyOf(globalOptions);
    localOptions = List.copyOf(localOptions);
  }

  /**
   * Settings that say nothing.
   *
   * @return the settings
   */
  public static LaunchSettings none() {
    return new LaunchSettings(null, null, List.of(), List.of(), Map.of(), List.of(), List.of());
  }
}
