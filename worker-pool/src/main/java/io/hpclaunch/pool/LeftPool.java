// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A pool that was deployed, and that the configuration describes no more: what the state folder
 * knows is enough to tell of it and to end it.
 *
 * @param folder its place in the state folder
 * @param jobs has its jobs
 */
record LeftPool(PoolFolder folder, PoolJobs jobs) {
  /** All that there are, by name. */
  static List<LeftPool> all(HpcRuntime runtime, RuntimeParts parts) {
    Path state = parts.sources().stateDirectory();
    List<String> names = new ArrayList<>(PoolFolder.names(state));
    names.removeAll(PoolSettings.names(parts.configuration()));
    return names.stream()
        .map(name -> new LeftPool(new PoolFolder(state, name), new PoolJobs(runtime, name)))
        .toList();
  }

  /** The one of that name, if there is one. */
  static Optional<LeftPool> find(HpcRuntime runtime, RuntimeParts parts, String name) {
    return all(runtime, parts).stream()
        .filter(pool -> pool.folder.name().equals(name))
        .findFirst();
  }

  /** Where it stands, as its scheduler tells; empty: it was deleted meanwhile. */
  Optional<PoolStatus> status() {
    return folder
        .read()
        .map(record -> PoolStatus.left(folder.name(), record, jobs.lookAtKnown(record.jobIds())));
  }

  /**
   * Ends its workers, and forgets it.
   *
   * @param patience how long tasks that run are given, where a broker can tell the workers
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  void delete(Duration patience) throws InterruptedException {
    folder.alone(() -> {
      Optional<PoolRecord> known = folder.read();
      if (known.isPresent()) {
        end(known.get()).run(patience);
      }
      return known;
    });
  }

  /** An embedded broker has a port of its own in the record. */
  private PoolEnd end(PoolRecord record) {
    return new PoolEnd(folder, record, jobs, broker(record), record.port() == 0);
  }

  private static @Nullable BrokerAddress broker(PoolRecord record) {
    try {
      Path store = record.store().orElse(null);
      return store == null ? null : BrokerFile.read(store);
    } catch (IOException e) {
      return null; // nobody was told where it is
    }
  }
}
