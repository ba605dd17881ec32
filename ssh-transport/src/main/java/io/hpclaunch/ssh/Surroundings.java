// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.io.Console;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What matters of the world outside, so that a test can set it.
 *
 * @param home the user's home folder
 * @param user the user's name
 * @param environment the variables
 * @param systemConfig what {@code ~/.ssh/config} leaves open is looked up here
 * @param systemKnownHosts the keys of hosts that the administrator knows
 * @param prompt asks the user for a secret; empty where there is nobody to ask
 */
record Surroundings(
    Path home,
    String user,
    Map<String, String> environment,
    Path systemConfig,
    Path systemKnownHosts,
    Function<String, Optional<String>> prompt) {
  static Surroundings ofThisProcess() {
    return new Surroundings(
        Path.of(System.getProperty("user.home")),
        System.getProperty("user.name"),
        System.getenv(),
        Path.of("/etc/ssh/ssh_config"),
        Path.of("/etc/ssh/ssh_known_hosts"),
        Surroundings::ask);
  }

  /** The folder of OpenSSH's files. */
  Path folder() {
    return home.resolve(".ssh");
  }

  private static Optional<String> ask(String question) {
    Console console = terminal();
    char[] answer = console == null ? null : console.readPassword("%s", question);
    return Optional.ofNullable(answer).map(String::new);
  }

  /** From Java 22 on there is a console without a terminal, too: its isTerminal tells. */
  @SuppressWarnings("SystemConsoleNull")
  private static @Nullable Console terminal() {
    Console console = System.console();
    if (console == null) {
      return null;
    }
    try {
      Object terminal = Console.class.getMethod("isTerminal").invoke(console);
      return Boolean.TRUE.equals(terminal) ? console : null;
    } catch (NoSuchMethodException e) {
      return console; // an older Java, which has one only where there is a terminal
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
