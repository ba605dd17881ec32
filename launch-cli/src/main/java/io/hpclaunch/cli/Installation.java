// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.nio.file.Path;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the wrapper {@code bin/hpc} tells the JVM.
 *
 * @param home the installation's folder, or null where nothing is installed
 * @param superuser whether root runs it
 * @param colour whether standard output is a terminal whose user wants colours
 * @param archive the JVM's option for its class-data archive, or empty for none
 */
public record Installation(@Nullable Path home, boolean superuser, boolean colour, String archive) {
  /** Nothing is installed: the classes alone. */
  public static final Installation NONE = new Installation(null, false, false, "");

  /**
   * Reads {@code hpc.home}, {@code hpc.uid}, {@code hpc.colour} and {@code hpc.archive}.
   *
   * @param properties the system properties
   * @return the installation
   */
  static Installation of(Properties properties) {
    String home = properties.getProperty("hpc.home");
    return new Installation(
        home == null ? null : Path.of(home),
        "0".equals(properties.getProperty("hpc.uid")),
        "1".equals(properties.getProperty("hpc.colour")),
        properties.getProperty("hpc.archive", ""));
  }
}
