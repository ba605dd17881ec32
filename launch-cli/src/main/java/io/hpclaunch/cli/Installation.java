// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the wrapper {@code bin/hpc} tells the JVM.
 *
 * @param home the installation's folder, or null where nothing is installed
 * @param superuser whether root runs it
 * @param colour whether standard output is a terminal whose user wants colours
 * @param archive the JVM's option for its class-data archive, or empty for none
 * @param terminals which of the standard streams are terminals
 */
public record Installation(
    @Nullable Path home, boolean superuser, boolean colour, String archive, Set<Stream> terminals) {
  /** Nothing is installed: the classes alone. */
  public static final Installation NONE =
      new Installation(null, false, false, "", EnumSet.noneOf(Stream.class));

  /** Copies the set. */
  public Installation {
    EnumSet<Stream> copy = EnumSet.noneOf(Stream.class);
    copy.addAll(terminals);
    terminals = Collections.unmodifiableSet(copy);
  }

  /** What a command prints to. */
  public enum Stream {
    /** Standard output. */
    OUT,
    /** Standard error. */
    ERR
  }

  /**
   * The same with other terminals, for tests.
   *
   * @param streams those that are terminals
   * @return the installation
   */
  public Installation withTerminals(Stream... streams) {
    return new Installation(home, superuser, colour, archive, Set.of(streams));
  }

  /**
   * Reads {@code hpc.home}, {@code hpc.uid}, {@code hpc.colour}, {@code hpc.archive} and
   * {@code hpc.terminals}.
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
        properties.getProperty("hpc.archive", ""),
        terminals(properties.getProperty("hpc.terminals", "")));
  }

  private static Set<Stream> terminals(String numbers) {
    Set<Stream> streams = EnumSet.noneOf(Stream.class);
    if (numbers.contains("1")) {
      streams.add(Stream.OUT);
    }
    if (numbers.contains("2")) {
      streams.add(Stream.ERR);
    }
    return streams;
  }
}
