// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Backends by name, from the shared {@link HpcRuntime}.
 *
 * <pre>{@code
 * JobInfo end = Backends.get("shell")
 *     .submit(JobSpec.builder("hello").shell("echo 'Hello, world!'").build())
 *     .waitFor();
 * }</pre>
 *
 * @since 0.1
 */
public final class Backends {
  private Backends() {}

  /**
   * The configured default backend, else the one that is detected: PBS, Slurm, or the shell.
   *
   * @return the backend
   * @throws InvalidConfiguration when none is configured and none detected
   */
  public static Backend get() {
    return HpcRuntime.shared().backend();
  }

  /**
   * A backend by name: that of a configured entry, else a type or an alias of one.
   *
   * @param name the name
   * @return the backend; the same object for the same name
   * @throws InvalidConfiguration when nothing answers to the name; the message lists what would
   */
  public static Backend get(String name) {
    return HpcRuntime.shared().backend(name);
  }

  /**
   * A backend that is configured here and not in a file.
   *
   * @param type a type, or an alias of one
   * @param config what an entry of the file takes
   * @return a new backend
   * @throws InvalidConfiguration when nothing answers to the type, or a key is unknown
   */
  public static Backend open(String type, Map<String, ? extends @Nullable Object> config) {
    return HpcRuntime.shared().open(type, config);
  }

  /**
   * Asks the backends whether their scheduler is here.
   *
   * @return what was found, and why
   */
  public static HpcRuntime.Detection detect() {
    return HpcRuntime.shared().detect();
  }

  /**
   * The types of backend that plugins contribute.
   *
   * @return one entry for each
   */
  public static List<PluginInfo> available() {
    return HpcRuntime.shared().plugins().stream()
        .filter(p -> p.kind() == PluginInfo.Kind.BACKEND)
        .toList();
  }
}
