// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.launch.LaunchContext;
import io.hpclaunch.api.launch.LaunchPlan;
import io.hpclaunch.api.launch.Segment;
import io.hpclaunch.api.launch.Topology;
import java.util.List;
import java.util.Optional;

/**
 * What starts a parallel program, as a plugin implements it: mpiexec, srun. Two methods make a
 * useful launcher; all others have defaults.
 *
 * <p>A plugin is found through {@code META-INF/services/io.hpclaunch.api.HPCLauncher} or a module's
 * {@code provides}; it needs a public constructor without parameters. A launcher plans and never
 * runs anything: the process that asked becomes what is planned.
 *
 * @since 0.1
 */
public interface HPCLauncher {
  /**
   * The launcher's name, such as {@code mpi}.
   *
   * @return a word of letters, digits, {@code -}, {@code _} and {@code .}; always the same
   */
  String name();

  /**
   * The executable that is run when none is configured, known after {@link #initialize}.
   *
   * @return a name that is looked up on PATH, or a path
   */
  String executable();

  /**
   * Whether this launcher answers to a name: its own, an alias, or a path to its executable.
   *
   * @param name a name that the user gave; never null
   * @return true if it does
   */
  default boolean matches(String name) {
    return name().equals(name);
  }

  /**
   * Hands over the configuration and the means to work with, once, before {@link #executable()},
   * {@link #valuesOf} and {@link #plan}.
   *
   * @param context what core provides
   * @throws ExecutableNotFound when there is no executable to plan for
   */
  default void initialize(LaunchContext context) {}

  /**
   * How many of the words that follow an option are its values. They are not taken for the program,
   * even if an executable has the same name.
   *
   * @param option a word that begins with {@code -}
   * @return the number of values; 0 by default
   */
  default int valuesOf(String option) {
    return 0;
  }

  /**
   * The machine that programs will run on, where the launcher knows it better than the machine that
   * plans does: the nodes of an allocation or of a cluster. Asked for when a placeholder needs it.
   *
   * @param context what core provides; its {@link LaunchContext#topology()} asks this method
   * @return the topology, beaten by what is configured; empty by default, which leaves this machine
   */
  default Optional<Topology> topology(LaunchContext context) {
    return Optional.empty();
  }

  /**
   * Plans the command line.
   *
   * @param context what core provides
   * @param segments the programs, at least one
   * @return the plan; by default {@link LaunchPlan#line} with the configured executable, else
   *     {@link #executable()}
   * @throws ExecutableNotFound when the launcher's executable does not exist
   * @throws InvalidJob when the segments cannot be started that way
   */
  default LaunchPlan plan(LaunchContext context, List<Segment> segments) {
    String configured = context.settings().exec();
    String exec = configured != null ? configured : executable();
    if (context.which(exec).isEmpty()) {
      throw new ExecutableNotFound("launcher "
          + name()
          + ": no executable '"
          + exec
          + (exec.indexOf('/') < 0 ? "' on PATH" : "'")
          + "; install it, or name it in launch.exec");
    }
    return LaunchPlan.line(exec, context, segments);
  }
}
