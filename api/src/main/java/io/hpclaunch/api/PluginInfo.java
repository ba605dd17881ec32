// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * A plugin that was found.
 *
 * @param kind what it contributes
 * @param name its name
 * @param className its class
 * @param version its jar's version, from the manifest or the module, or null
 * @param location the jar or folder that it came from
 * @since 0.1
 */
public record PluginInfo(
    Kind kind, String name, String className, @Nullable String version, String location) {
  /** What a plugin contributes. */
  public enum Kind {
    /** A scheduler. */
    BACKEND,
    /** A launcher. */
    LAUNCHER,
    /** A way to other hosts. */
    TRANSPORT,
    /** A place for records of jobs. */
    STORE,
    /** A message broker that runs in the client's process. */
    BROKER
  }
}
