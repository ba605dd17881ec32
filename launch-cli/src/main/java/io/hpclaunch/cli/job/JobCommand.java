// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Backend;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.SessionCommand;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the commands about jobs share. */
public abstract class JobCommand extends SessionCommand {
  @Option(
      names = {"-b", "--backend"},
      paramLabel = "NAME",
      description =
          "A configured backend or a type; default: the configured one, else the detected.")
  private @Nullable String backend;

  /**
   * Makes a command.
   *
   * @param session what it works with
   */
  protected JobCommand(Session session) {
    super(session);
  }

  /**
   * What {@code -b} said.
   *
   * @return a name, or null
   */
  protected final @Nullable String backendName() {
    return backend;
  }

  /**
   * The backend that {@code -b} names, else the default.
   *
   * @return the backend
   */
  protected final Backend backend() {
    String name = backend;
    return name == null ? runtime().backend() : runtime().backend(name);
  }

  final JobFinder finder() {
    return new JobFinder(runtime().jobs(), () -> backend().name(), runtime());
  }
}
