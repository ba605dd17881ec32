// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What core gives a launcher to work with. Nothing of it is worked out before it is asked for: the
 * start of a program waits for all of this.
 *
 * @since 0.1
 */
public interface LaunchContext {
  /**
   * The name under which the launcher was found, where it says more than its type: an alias, or a
   * path.
   *
   * @return such as {@code mpirun} or {@code /opt/mpi/bin/mpirun}
   */
  String requestedName();

  /**
   * The entry's {@code launch} settings.
   *
   * @return the settings
   */
  LaunchSettings settings();

  /**
   * The machine that the program will run on.
   *
   * @return the topology: configured, else the launcher's own, else what this machine has
   */
  Topology topology();

  /**
   * The cores of this machine, whatever the configuration says of others.
   *
   * @return at least 1; hardware threads of one core count once
   */
  int localCores();

  /**
   * A variable of the environment that the launcher will get.
   *
   * @param name the variable
   * @return its value, or null
   */
  @Nullable String environment(String name);

  /**
   * Finds an executable file: on PATH, or by a path with a {@code /}.
   *
   * @param program a name or path
   * @return where it is, or empty
   */
  Optional<Path> which(String program);

  /**
   * Whether the launcher will run as root.
   *
   * @return true for user id 0
   */
  boolean superuser();

  /**
   * A script that the plugin's jar brings along as a resource and that the launch needs as a file.
   *
   * @param name the file's name, such as {@code hpc-fork}
   * @param content the resource
   * @return an executable file: the installation's of that name, else a copy in the state folder
   */
  Path script(String name, URL content);

  /**
   * Asks a program something that it will answer the same way until it is replaced, and remembers
   * the answer in the state folder, by the file's path, time and size.
   *
   * @param executable the program
   * @param arguments what to call it with, such as {@code --version}
   * @param digest makes of its output (standard output and standard error) what is to be remembered
   * @return the remembered text, or an empty one when the program gave no answer within some
   *     seconds
   */
  String ask(Path executable, List<String> arguments, UnaryOperator<String> digest);
}
