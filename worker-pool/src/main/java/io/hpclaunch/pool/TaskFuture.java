// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A task that was handed over. It completes with the task's result; exceptionally with what the
 * task threw, or a {@link TaskException}. Stages that depend on it run on threads of the pool's
 * client.
 *
 * @param <T> what the task gives
 * @since 0.1
 */
public final class TaskFuture<T extends @Nullable Object> extends CompletableFuture<T> {
  private final Batch<T> batch;
  private final int index;
  private volatile @Nullable TaskRun run;

  TaskFuture(Batch<T> batch, int index) {
    this.batch = batch;
    this.index = index;
  }

  /**
   * The batch that it belongs to.
   *
   * @return the batch
   */
  public Batch<T> batch() {
    return batch;
  }

  /**
   * Its place in the batch.
   *
   * @return from 0
   */
  public int index() {
    return index;
  }

  /**
   * How its last attempt went.
   *
   * @return empty until it has ended, and when no worker ran it
   */
  public Optional<TaskRun> run() {
    return Optional.ofNullable(run);
  }

  /** It ran; what it gave comes next. */
  void ran(TaskRun how) {
    run = how;
  }

  /**
   * Gives the task up: one that waits is not begun, one that runs is interrupted, or its process
   * ended.
   *
   * @param mayInterrupt not looked at
   * @return false when it has ended already
   */
  @Override
  public boolean cancel(boolean mayInterrupt) {
    return instead(() -> super.completeExceptionally(new CancellationException()));
  }

  /** Cancels it here, without a word to the workers. */
  boolean giveUp() {
    return giveUp(new CancellationException());
  }

  /** Cancels it here, for a reason that it may share with others. */
  boolean giveUp(CancellationException why) {
    boolean isGivenUp = super.completeExceptionally(why);
    if (isGivenUp) {
      batch.count();
    }
    return isGivenUp;
  }

  /** The task has ended; whether that was news. */
  boolean end(T result) {
    boolean isNews = super.complete(result);
    if (isNews) {
      batch.count();
    }
    return isNews;
  }

  /** The task has failed; whether that was news. */
  boolean fail(Throwable thrown) {
    boolean isNews = super.completeExceptionally(thrown);
    if (isNews) {
      batch.count();
    }
    return isNews;
  }

  /**
   * Gives the task up, as {@link #cancel} does, and has this in place of its result.
   * {@link #completeOnTimeout} comes to the same.
   *
   * @return false when it has ended already
   */
  @Override
  public boolean complete(T value) {
    return instead(() -> super.complete(value));
  }

  /**
   * Gives the task up, as {@link #cancel} does, and fails with this. {@link #orTimeout} comes to
   * the same.
   *
   * @return false when it has ended already
   */
  @Override
  public boolean completeExceptionally(Throwable thrown) {
    return instead(() -> super.completeExceptionally(thrown));
  }

  /** Gives the task up when another has given a result; see {@link #complete}. */
  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    CompletableFuture<Boolean> unused = CompletableFuture.<T>supplyAsync(supplier::get, executor)
        .handle(
            (value, thrown) -> thrown == null ? complete(value) : completeExceptionally(thrown));
    return this;
  }

  private boolean instead(BooleanSupplier ending) {
    if (isDone()) {
      return false;
    }
    batch.cancelled(this); // before it may be the last that the batch waits for
    boolean isNews = ending.getAsBoolean();
    if (isNews) {
      batch.count();
    }
    return isNews;
  }

  @Override
  public void obtrudeValue(T value) {
    throw new UnsupportedOperationException("what a task gave stays; use complete");
  }

  @Override
  public void obtrudeException(Throwable thrown) {
    throw new UnsupportedOperationException("what a task gave stays; use completeExceptionally");
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
