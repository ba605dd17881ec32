// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import java.util.Locale;
import java.util.Optional;

/** What runs a container, in the order in which they are looked for. */
public enum ContainerRuntime {
  /** Apptainer. */
  APPTAINER,
  /** SingularityCE and SingularityPRO, and what Apptainer was called before. */
  SINGULARITY,
  /** Podman. */
  PODMAN,
  /** Docker. */
  DOCKER;

  /**
   * The command's name.
   *
   * @return such as {@code "apptainer"}
   */
  public String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The runtime that a command is.
   *
   * @param name a command's name
   * @return the runtime, or empty when there is none of that name
   */
  static Optional<ContainerRuntime> named(String name) {
    for (ContainerRuntime each : values()) {
      if (each.command().equals(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** Whether it runs images that are files, in the process that asks for it. */
  boolean runsFiles() {
    return this == APPTAINER || this == SINGULARITY;
  }
}
