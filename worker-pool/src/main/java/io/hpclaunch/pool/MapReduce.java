// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Begins a reducer when enough is done of what it takes in, and ends all when one of them fails.
 */
final class MapReduce {
  private final Batch<?> maps;
  private final int size;
  private final Share start;
  private final Runnable begin;
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicBoolean isBegun = new AtomicBoolean();

  MapReduce(Batch<?> maps, int size, Share start, Runnable begin) {
    this.maps = maps;
    this.size = size;
    this.start = start;
    this.begin = begin;
    check(0);
  }

  private void check(int ended) {
    if (start.isReached(ended, size) && isBegun.compareAndSet(false, true)) {
      begin.run();
    }
  }

  /** Counts a task; its failure is the reducer's. */
  void follow(TaskFuture<?> map, TaskFuture<?> reducer) {
    CompletableFuture<?> unused = map.whenComplete((result, thrown) -> {
      if (thrown == null) {
        check(done.incrementAndGet());
      } else {
        boolean isNews = reducer.fail(thrown);
        if (isNews) {
          reducer.batch().cancelled(reducer);
        }
      }
    });
  }

  /** What it takes in is not wanted any more when the reducer has failed, or was cancelled. */
  void endsWith(CompletableFuture<?> reducer) {
    CompletableFuture<?> unused =
        reducer.whenComplete((@Nullable Object result, @Nullable Throwable thrown) -> {
          if (thrown != null) {
            maps.cancel();
          }
        });
  }
}
