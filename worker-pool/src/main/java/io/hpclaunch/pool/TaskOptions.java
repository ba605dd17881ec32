// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What tasks need, and how long they are borne with. Immutable.
 *
 * @param limit how long a task may run, each attempt anew; null: no limit
 * @param retries how often a task that failed, or ran into its limit, is begun again; 0 by default.
 *     A task whose worker died is begun again in any case
 * @param cpus what it takes of its worker's cpus; null: the pool's {@code cpus_task}
 * @param gpus what it takes of its worker's gpus; 0 by default
 * @since 0.1
 */
public record TaskOptions(
    @Nullable Duration limit, int retries, @Nullable Double cpus, int gpus) {
  /** No limit, no retries, the pool's share of cpus, no gpus. */
  public static final TaskOptions DEFAULT = new TaskOptions(null, 0, null, 0);

  /** Checks the numbers. */
  public TaskOptions {
    if (limit != null && (limit.isNegative() || limit.isZero())) {
      throw new IllegalArgumentException("a limit must be more than zero, not " + limit);
    }
    if (retries < 0 || gpus < 0) {
      throw new IllegalArgumentException("retries and gpus must not be negative");
    }
    if (cpus != null && !(cpus > 0)) {
      throw new IllegalArgumentException("cpus must be more than zero, not " + cpus);
    }
  }

  /**
   * With a limit.
   *
   * @param value how long a task may run
   * @return the changed options
   */
  public TaskOptions withLimit(Duration value) {
    return new TaskOptions(value, retries, cpus, gpus);
  }

  /**
   * With retries.
   *
   * @param value how often a task that failed is begun again
   * @return the changed options
   */
  public TaskOptions withRetries(int value) {
    return new TaskOptions(limit, value, cpus, gpus);
  }

  /**
   * With another share of cpus.
   *
   * @param value what a task takes of its worker's cpus; may be a fraction
   * @return the changed options
   */
  public TaskOptions withCpus(double value) {
    return new TaskOptions(limit, retries, value, gpus);
  }

  /**
   * With gpus.
   *
   * @param value what a task takes of its worker's gpus
   * @return the changed options
   */
  public TaskOptions withGpus(int value) {
    return new TaskOptions(limit, retries, cpus, value);
  }
}
