// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.wire.TaskResult;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a task's result what its future gives.
 *
 * @param <T> what that is
 */
interface ResultReader<T extends @Nullable Object> {
  /** What the task gave; called for results that are no failure. */
  T read(TaskResult result) throws IOException, ClassNotFoundException;

  /** What its future throws; called for failures. */
  Throwable failure(TaskResult result) throws IOException;
}
