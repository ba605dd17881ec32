// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.core.store.StoreContext;
import io.hpclaunch.core.store.StoreProvider;
import java.util.List;

/** The plugin: {@code store: {type: redis, url: …}}; docs/redis.md describes it. */
public final class RedisStoreProvider implements StoreProvider {
  /** Needed by the service loader. */
  public RedisStoreProvider() {}

  @Override
  public String name() {
    return "redis";
  }

  @Override
  public List<ConfigKey> configKeys() {
    return RedisSettings.KEYS;
  }

  @Override
  public StateStore open(StoreContext context) {
    return new RedisStateStore(RedisSettings.of(context), context.durable(), context.clock());
  }
}
