// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import io.hpclaunch.api.transport.Transport;
import java.nio.file.Path;
import java.time.Clock;

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
   * The entry's {@code submit}: {@code default_options}, {@code polling_interval}.
   *
   * @return the settings
   */
  Settings submit();

  /**
   * The way to the host where the scheduler's commands run: this machine, or one behind SSH.
   * Commands that go this way are bounded in time and count into the budget of commands a minute.
   *
   * @return the transport
   */
  Transport transport();

  /**
   * The folder that the jobs' directories are in, on the transport's host. It need not exist.
   *
   * @return an absolute path that ends in {@code /jobs}
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
