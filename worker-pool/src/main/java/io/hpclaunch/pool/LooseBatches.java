// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.journal.BatchEntry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Batches of tasks that are handed over one by one, one of each kind at a time. Safe for use by
 * several threads.
 */
final class LooseBatches {
  /** Then another one is begun, so that what is kept of those that have ended can go. */
  private static final int MOST = 1_000;

  /** What tasks are. */
  enum Kind {
    COMMANDS,
    FUNCTIONS,
    /** They end with their client, who gives them what they take in. */
    REDUCERS
  }

  private final PoolClient client;
  private final Map<Kind, OpenBatch<@Nullable Object>> open = new EnumMap<>(Kind.class);
  private boolean isEnded;

  LooseBatches(PoolClient client) {
    this.client = client;
  }

  /**
   * A new task.
   *
   * @param reader reads its result
   * @param allowed classes that this may be made of
   */
  @SuppressWarnings("unchecked") // a task's future gives what its own reader reads
  synchronized <T extends @Nullable Object> TaskFuture<T> next(
      Kind kind, ResultReader<T> reader, List<String> allowed) {
    if (isEnded) {
      throw new IllegalStateException("the pool is closed");
    }
    OpenBatch<@Nullable Object> batch = open.get(kind);
    if (batch == null || batch.isClosed()) { // somebody has given it up, with all that was in it
      batch = begin(kind);
      open.put(kind, batch);
    }
    batch.allow(allowed);
    TaskFuture<T> future = (TaskFuture<T>) batch.next((ResultReader<@Nullable Object>) reader);
    if (batch.batch().size() >= MOST) {
      open.remove(kind);
      batch.whole();
    }
    return future;
  }

  private OpenBatch<@Nullable Object> begin(Kind kind) {
    return switch (kind) {
      case COMMANDS -> client.open(null, BatchEntry.Kind.COMMANDS);
      case FUNCTIONS -> client.open(null, BatchEntry.Kind.FUNCTIONS);
      case REDUCERS -> client.openUnkept(null);
    };
  }

  /** No more tasks come. */
  synchronized void end() {
    isEnded = true;
    open.values().forEach(OpenBatch::whole);
    open.clear();
  }
}
