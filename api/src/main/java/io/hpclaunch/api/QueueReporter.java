// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A backend that can list its scheduler's queue, other users' jobs among it.
 *
 * @since 0.1
 */
public interface QueueReporter {
  /**
   * Lists the queue.
   *
   * @param mineOnly whether to leave out other users' jobs
   * @return the jobs, in the scheduler's order
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  List<Entry> queue(boolean mineOnly);

  /**
   * A job in the queue.
   *
   * @param id the scheduler's id
   * @param name the job's name
   * @param user who submitted it, or null
   * @param state where it stands
   * @param nativeState the scheduler's own word for the state
   * @param queue the queue or partition, or null
   * @param reason why it stands there, or null
   * @param submitted when it was submitted, or null
   * @param started when it started, or null
   * @param nodes how many nodes it has or asks for, or null
   */
  record Entry(
      NativeId id,
      String name,
      @Nullable String user,
      JobState state,
      @Nullable String nativeState,
      @Nullable String queue,
      @Nullable String reason,
      @Nullable Instant submitted,
      @Nullable Instant started,
      @Nullable Integer nodes) {}
}
