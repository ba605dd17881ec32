// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.transport.Answer;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.Transport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * What core gives a backend to work with: everything that it may need of the world outside.
 *
 * @since 0.1
 */
public interface BackendContext {
  /**
   * The configured entry's name, or the backend's type.
   *
   * @return the name
   */
  String name();

  /**
   * The entry's {@code config}.
   *
   * @return the settings; they hold declared keys only
   */
  Settings config();

  /**
   * The entry's {@code submit}: {@code default_options}, {@code polling_interval},
   * {@code commands_per_minute}.
   *
   * @return the settings
   */
  Settings submit();

  /**
   * The way to the host where the scheduler's commands run: this machine, or one behind SSH.
   * Commands that go this way are bounded in time and count into the budget of commands a minute
   * that {@link HPCBackend#commandsPerMinute()} sets: one for which there is no room waits before
   * it is started. Operations on files do not count.
   *
   * @return the transport
   */
  Transport transport();

  /**
   * Runs a command that only asks, or takes what another process of this user was answered a moment
   * ago: many clients do not ask a scheduler more often than one. Those that want the same at once
   * wait for one of them to ask. What others were answered costs nothing of the budget of commands.
   *
   * @param question the command; what it answers depends on its words and its environment only
   * @param maxAge how old the answer may be; zero asks anew, for all to know
   * @return the answer, also of a command that failed
   * @throws IOException as {@link Transport#run}
   */
  default Answer ask(Command question, Duration maxAge) throws IOException {
    Instant asked = clock().instant();
    return new Answer(transport().run(question), asked);
  }

  /**
   * The folder that the jobs' directories are in, on the transport's host. It need not exist. Where
   * it depends on the home folder there, the first call asks the host.
   *
   * @return an absolute path that ends in {@code /jobs}
   * @throws BackendUnavailable when that host cannot be asked
   */
  String workspace();

  /**
   * The user's state folder, on this machine. It need not exist.
   *
   * @return an absolute path
   */
  Path stateDirectory();

  /**
   * The clock to read, which tests set.
   *
   * @return the clock
   */
  Clock clock();
}
