// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.nio.file.Path;
import java.util.List;

/** Loads the configuration as hpc-launch does, in a JVM of its own. */
final class CacheProbe {
  private CacheProbe() {}

  /** Takes the working directory and the words of {@code --set}; the rest is the environment's. */
  public static void main(String[] args) {
    ConfigSources sources = ConfigSources.builder()
        .workingDirectory(Path.of(args[0]))
        .sets(List.of(args).subList(1, args.length))
        .build();
    Configuration c = Configuration.load(sources);
    String backend = c.defaultBackend().orElse("none");
    System.out.println(
        "exec=".concat(String.valueOf(c.backend(backend).orElseThrow().launch().exec())));
  }
}
