// SPDX-License-Identifier: Apache-2.0
/** The store {@code redis}: records and journals for clients on several hosts. */
@SuppressWarnings("requires-automatic") // Jedis and its pool have no module descriptors
module io.hpclaunch.redis {
  requires transitive io.hpclaunch.api;
  requires transitive io.hpclaunch.core;
  requires org.apache.commons.pool2;
  requires org.slf4j;
  requires redis.clients.jedis;

  exports io.hpclaunch.redis;

  provides io.hpclaunch.core.store.StoreProvider with
      io.hpclaunch.redis.RedisStoreProvider;
}
