// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.runtime;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.config.ConfigSources;
import java.io.IOException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The folder that an entry's job folders are in. On another host {@code ~} and relative paths begin
 * at the home folder there, which that host is asked for when a job needs it and not before.
 */
final class Workspace implements Supplier<String> {
  private static final String JOBS = "/jobs";

  /** The state folder where no variable says otherwise; those here say nothing of another host. */
  private static final String STATE_BELOW_HOME = "/.local/state/hpc-launch";

  private final BackendEntry entry;
  private final Transport transport;
  private final ConfigSources sources;
  private @Nullable String path;

  Workspace(BackendEntry entry, Transport transport, ConfigSources sources) {
    this.entry = entry;
    this.transport = transport;
    this.sources = sources;
    String configured = entry.workspace().orElse(null);
    boolean relative =
        configured != null && !configured.startsWith("/") && !isBelowHome(configured);
    if (transport.isLocal() && relative) {
      throw new InvalidConfiguration(
          "%s: the workspace of backend %s must be an absolute path, and is '%s'"
              .formatted(entry.origin(), entry.name(), configured));
    }
  }

  /**
   * The folder.
   *
   * @return an absolute path on the transport's host
   * @throws BackendUnavailable when it depends on the home folder there, which cannot be asked for
   */
  @Override
  public synchronized String get() {
    if (path == null) {
      path = find(entry.workspace().orElse(null)) + JOBS;
    }
    return path;
  }

  private String find(@Nullable String configured) {
    if (configured == null) {
      return transport.isLocal() ? sources.stateDirectory().toString() : home() + STATE_BELOW_HOME;
    }
    if (isBelowHome(configured)) {
      return home() + configured.substring(1);
    }
    return configured.startsWith("/") ? configured : home() + "/" + configured;
  }

  private static boolean isBelowHome(String configured) {
    return configured.equals("~") || configured.startsWith("~/");
  }

  private String home() {
    if (transport.isLocal()) {
      return sources.home().toString();
    }
    try {
      return transport.home();
    } catch (IOException e) {
      throw new BackendUnavailable(
          "the workspace of backend " + entry.name() + " cannot be found: " + e.getMessage(), e);
    }
  }
}
