// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.JobId;
import io.hpclaunch.pool.wire.WorkerReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which workers go when there are too many: those of the youngest job first, and of one job first
 * those that are not heard of.
 *
 * @param drained ids of the workers that are told to end
 * @param cancelled jobs whose workers nobody has heard: of one that waits, or hangs, none is kept
 * @param left how many workers of a job the pool keeps
 */
record Shrinking(List<String> drained, List<JobId> cancelled, Map<JobId, Integer> left) {
  /**
   * Makes a plan.
   *
   * @param jobs those that wait or run, the oldest first
   * @param surplus how many workers are too many
   * @param present the workers that are heard of
   */
  static Shrinking plan(List<PoolJob> jobs, int surplus, List<WorkerReport> present) {
    List<String> drained = new ArrayList<>();
    List<JobId> cancelled = new ArrayList<>();
    Map<JobId, Integer> left = new LinkedHashMap<>();
    int open = surplus;
    for (int i = jobs.size() - 1; i >= 0 && open > 0; i--) {
      PoolJob job = jobs.get(i);
      List<String> heard = present.stream()
          .filter(report -> report.state() == WorkerReport.State.READY && job.isOf(report))
          .map(WorkerReport::worker)
          .toList();
      int gone = Math.min(open, job.workers());
      if (heard.isEmpty() && job.workers() > 0) {
        cancelled.add(job.id());
        left.put(job.id(), 0); // what was not too many of it is submitted anew
      } else if (gone > 0) {
        int kept = job.workers() - gone;
        drained.addAll(heard.subList(Math.min(kept, heard.size()), heard.size()));
        left.put(job.id(), kept);
      }
      open -= gone;
    }
    return new Shrinking(drained, cancelled, left);
  }
}
