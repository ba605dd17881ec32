// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.core.shell.RawBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queues: {@code qstat -Qf}, as text or with {@code -F json}; OpenPBS 23.06 and Torque 6. */
final class PbsQueues {
  private PbsQueues() {}

  /**
   * Reads queues with their limits.
   *
   * @param answer what qstat wrote
   * @param defaultQueue where jobs go that name none, from {@link ServerInfo}
   */
  static List<ResourceReport.Queue> parse(byte[] answer, @Nullable String defaultQueue) {
    List<ResourceReport.Queue> queues = new ArrayList<>();
    for (PbsRecord queue : PbsRecords.read(RawBytes.decode(answer), "Queue", "Queue: ")) {
      queues.add(new ResourceReport.Queue(
          queue.name(),
          queue.name().equals(defaultQueue),
          state(queue),
          PbsValues.duration(queue.get("resources_max.walltime")),
          PbsValues.integer(queue.get("resources_max.nodect"))));
    }
    return List.copyOf(queues);
  }

  /** PBS has two switches: whether it takes jobs, and whether it starts them. */
  private static @Nullable String state(PbsRecord queue) {
    Boolean enabled = PbsValues.bool(queue.get("enabled"));
    Boolean started = PbsValues.bool(queue.get("started"));
    if (enabled == null || started == null) {
      return null;
    }
    return (enabled ? "enabled" : "disabled") + "," + (started ? "started" : "stopped");
  }
}
