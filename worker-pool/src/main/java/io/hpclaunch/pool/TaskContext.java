// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a task of Java can ask about itself, on the thread that runs it. Commands find the same in
 * their environment.
 *
 * @param batch the batch's id; {@code HPC_BATCH_ID}
 * @param index its place in the batch, from 0; {@code HPC_TASK_INDEX}
 * @param attempt how often it was begun before, and failed or lost its worker, from 0;
 *     {@code HPC_TASK_ATTEMPT}
 * @param cpus its share of the worker's cpus
 * @param gpus the gpus that are its own; {@code CUDA_VISIBLE_DEVICES}
 * @since 0.1
 */
public record TaskContext(String batch, int index, int attempt, double cpus, List<String> gpus) {
  private static final ThreadLocal<@Nullable TaskContext> CURRENT = new ThreadLocal<>();

  /** Copies the list. */
  public TaskContext {
    gpus = List.copyOf(gpus);
  }

  /**
   * The task that this thread runs.
   *
   * @return empty on a thread that no worker gave a task
   */
  public static Optional<TaskContext> current() {
    return Optional.ofNullable(CURRENT.get());
  }

  /**
   * For workers: what the thread runs from now on.
   *
   * @param context the task; null: none
   */
  public static void enter(@Nullable TaskContext context) {
    CURRENT.set(context);
  }
}
