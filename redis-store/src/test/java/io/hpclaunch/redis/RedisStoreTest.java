// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.store.StateStore;
import io.hpclaunch.testkit.StoreContract;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a real server. */
class RedisStoreTest extends StoreContract {
  @TempDir
  static Path folder;

  private static RedisServer server;
  private final String prefix = "test:" + UUID.randomUUID();

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(folder);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Override
  protected StateStore open(Clock clock) {
    return new RedisStateStore(server.settings(prefix), false, clock);
  }
}
