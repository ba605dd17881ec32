// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.core.store.FileStateStore;
import io.hpclaunch.core.store.StateStore;
import java.nio.file.Path;
import java.time.Clock;
import org.junit.jupiter.api.io.TempDir;

class FileStoreTest extends StoreContract {
  @TempDir
  Path folder;

  @Override
  protected StateStore open(Clock clock) {
    return new FileStateStore(folder, false, clock);
  }
}
