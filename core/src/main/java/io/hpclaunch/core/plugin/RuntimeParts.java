// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.plugin;

import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;

/**
 * What a runtime is made of, for what is built on jobs: worker pools have configuration, plugins
 * and state of their own. Core's runtimes implement it.
 *
 * @since 0.1
 */
public interface RuntimeParts {
  /**
   * The merged configuration.
   *
   * @return the configuration
   */
  Configuration configuration();

  /**
   * The plugins that were found.
   *
   * @return the plugins, closed with the runtime
   */
  Plugins foundPlugins();

  /**
   * The environment, the folders.
   *
   * @return what the runtime was made with
   */
  ConfigSources sources();
}
