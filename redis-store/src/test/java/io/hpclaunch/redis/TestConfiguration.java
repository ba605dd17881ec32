// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.config.ConfigSources;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.store.StoreContext;
import java.time.Clock;

/** What core makes of the configuration before it opens the store. */
final class TestConfiguration {
  private TestConfiguration() {}

  static StoreContext context(ConfigSources sources) {
    Configuration configuration = Configuration.load(sources);
    configuration.checkStore(RedisSettings.KEYS);
    return new StoreContext(
        configuration.store(),
        sources.environment(),
        sources.workingDirectory(),
        sources.home(),
        false,
        Clock.systemUTC());
  }
}
