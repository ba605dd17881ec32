// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.core.plugin.RuntimeParts;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The worker pools of a configuration: where they stand, and what becomes of them. To hand over
 * tasks, {@link #open} one.
 *
 * <p>A name that is empty or {@code default} means the pool that {@code worker_pool} names, else
 * the first. Where a name is unknown, the {@link io.hpclaunch.api.InvalidConfiguration} lists the
 * known ones.
 *
 * @since 0.1
 */
public final class WorkerPools {
  private final HpcRuntime runtime;
  private final RuntimeParts parts;
  private final Clock clock;

  private WorkerPools(HpcRuntime runtime, RuntimeParts parts, Clock clock) {
    this.runtime = runtime;
    this.parts = parts;
    this.clock = clock;
  }

  /**
   * The pools that a runtime's configuration describes.
   *
   * @param runtime has the configuration and the backends
   * @return the pools
   */
  public static WorkerPools of(HpcRuntime runtime) {
    return of(runtime, Clock.systemUTC());
  }

  static WorkerPools of(HpcRuntime runtime, Clock clock) {
    if (!(runtime instanceof RuntimeParts parts)) {
      throw new IllegalArgumentException("worker pools need a runtime of core's");
    }
    return new WorkerPools(runtime, parts, clock);
  }

  /**
   * Where all pools stand, as schedulers tell. Workers are not asked.
   *
   * @return in the order of the configuration, and then those that it describes no more and that
   *     are not deleted
   * @throws io.hpclaunch.api.InvalidConfiguration when one is not described rightly
   */
  public List<PoolStatus> list() {
    List<PoolStatus> all = new ArrayList<>();
    for (String name : PoolSettings.names(parts.configuration())) {
      all.add(keeper(name).look(clock.instant()));
    }
    LeftPool.all(runtime, parts).forEach(left -> left.status().ifPresent(all::add));
    return all;
  }

  /**
   * Where a pool stands, as the scheduler and its workers tell. Workers are asked where a broker is
   * up, for two seconds at most; the embedded one is up as long as a client uses the pool.
   *
   * @param name the pool's name
   * @return its status
   * @throws InterruptedException when the thread is interrupted while workers are asked
   */
  public PoolStatus status(String name) throws InterruptedException {
    Optional<PoolStatus> left = left(name).flatMap(LeftPool::status);
    return left.isPresent() ? left.get() : keeper(name).status(clock.instant());
  }

  /**
   * Opens a pool; see {@link WorkerPool#open}.
   *
   * @param name the pool's name
   * @return the pool, to be closed by the caller before the runtime
   */
  public WorkerPool open(String name) {
    return WorkerPool.open(runtime, name);
  }

  /**
   * Opens a pool, unless another process has it.
   *
   * @param name the pool's name
   * @return the pool, to be closed by the caller before the runtime; empty where another process
   *     uses it and no broker is configured that both could use
   */
  public Optional<WorkerPool> tryOpen(String name) {
    return WorkerPool.tryOpen(runtime, name);
  }

  /**
   * Sees to it that a pool has jobs for as many workers as it is to have, and submits one for those
   * that are missing. Does not wait for the workers.
   *
   * @param name the pool's name
   * @return where it stands then, as the scheduler tells
   * @throws io.hpclaunch.api.BackendUnavailable when no more jobs are submitted for it, since three
   *     in a row ended before a worker of theirs came
   */
  public PoolStatus deploy(String name) {
    try (PoolKeeper keeper = keeper(name)) {
      keeper.startOrShare();
      keeper.ensureJobs();
      return keeper.look(clock.instant());
    }
  }

  /**
   * Changes how many workers a pool is to have, until it is deleted. For those that are missing a
   * job is submitted. Those that are too many, of the youngest job first, finish the tasks that
   * they have and end; a job that waits is cancelled. A pool that is not there is deployed.
   *
   * @param name the pool's name
   * @param workers how many; at least 1
   * @return where it stands then, as the scheduler tells
   * @throws InterruptedException when the thread is interrupted while workers are asked or told
   */
  public PoolStatus scale(String name, int workers) throws InterruptedException {
    if (workers < 1) {
      throw new IllegalArgumentException("a pool has at least one worker, not " + workers);
    }
    try (PoolKeeper keeper = keeper(name)) {
      keeper.startOrShare();
      keeper.scale(workers);
      return keeper.look(clock.instant());
    }
  }

  /**
   * Ends a pool's workers, and forgets the pool, be it configured or not any more. Does nothing
   * where there is none.
   *
   * @param name the pool's name
   * @param patience how long tasks that run are given, where a broker can tell the workers; then,
   *     and else at once, the jobs are cancelled
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  public void delete(String name, Duration patience) throws InterruptedException {
    Optional<LeftPool> left = left(name);
    if (left.isPresent()) {
      left.get().delete(patience);
      return;
    }
    try (PoolKeeper keeper = keeper(name)) {
      keeper.delete(patience);
    }
  }

  private Optional<LeftPool> left(String name) {
    return LeftPool.find(runtime, parts, name);
  }

  private PoolKeeper keeper(String name) {
    return PoolKeeper.of(runtime, name);
  }
}
