// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.List;

/**
 * Launchers by name, from the shared {@link HpcRuntime}.
 *
 * @since 0.1
 */
public final class Launchers {
  private Launchers() {}

  /**
   * A launcher by name, an alias, or a path to its executable.
   *
   * @param name the name
   * @return a new launcher
   * @throws InvalidConfiguration when nothing answers to the name; the message lists what would
   */
  public static HPCLauncher get(String name) {
    return HpcRuntime.shared().launcher(name);
  }

  /**
   * The launchers that plugins contribute.
   *
   * @return one entry for each
   */
  public static List<PluginInfo> available() {
    return HpcRuntime.shared().plugins().stream()
        .filter(p -> p.kind() == PluginInfo.Kind.LAUNCHER)
        .toList();
  }
}
