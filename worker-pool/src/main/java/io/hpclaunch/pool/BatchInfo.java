// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.journal.BatchContent;
import java.time.Instant;

/**
 * What is known of a batch without attaching to it.
 *
 * @param id by which it is found: {@link WorkerPool#attach}
 * @param begun when its client began to hand it over
 * @param tasks how many tasks the broker surely has, or had
 * @param ended how many of them are known to have ended; more results may wait with the broker
 * @param isComplete whether that is all; false also for one that is being handed over
 * @since 0.1
 */
public record BatchInfo(String id, Instant begun, int tasks, int ended, boolean isComplete) {
  static BatchInfo of(String id, BatchContent content) {
    return new BatchInfo(
        id, content.opened().at(), content.tasks(), content.ended(), content.isComplete());
  }
}
