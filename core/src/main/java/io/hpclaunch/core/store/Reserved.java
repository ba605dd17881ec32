// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.Resources;
import org.jspecify.annotations.Nullable;

/**
 * What a job, or each element of an array, asked to be kept for it. It stands for what was given
 * where the scheduler does not tell that; what follows from no field is unknown.
 *
 * @param cpus on all nodes together, or null
 * @param memory bytes on one node, or null
 */
public record Reserved(@Nullable Integer cpus, @Nullable Long memory) {
  /** Nothing is known. */
  public static final Reserved UNKNOWN = new Reserved(null, null);

  /**
   * What follows from a job's resources. Whole nodes, and chunks of PBS that no field stands for,
   * have cpus that only the scheduler knows.
   *
   * @param asked the job's resources, with what the configuration adds
   * @return tasks times the cpus of each (1 where only the tasks are given); the memory of a node,
   *     or that of each cpu times the cpus on a node
   */
  public static Reserved of(Resources asked) {
    if (asked.needsPbs()) {
      return UNKNOWN;
    }
    boolean counts =
        asked.cpusPerTask() != null || asked.tasks() != null || asked.tasksPerNode() != null;
    boolean whole = Boolean.TRUE.equals(asked.exclusive());
    int each = asked.cpusPerTask() == null ? 1 : asked.cpusPerTask();
    Integer cpus = counts && !whole ? product(asked.totalTasks(), each) : null;
    return new Reserved(cpus, memory(asked, each));
  }

  private static @Nullable Long memory(Resources asked, int cpusOfTask) {
    Long perCpu = asked.memoryPerCpu();
    Integer tasks = tasksOnNode(asked);
    if (perCpu == null || tasks == null) {
      return asked.memoryPerNode();
    }
    Integer cpus = product(tasks, cpusOfTask);
    return cpus == null ? null : Long.valueOf(perCpu * cpus);
  }

  /** Null where the scheduler distributes them. */
  private static @Nullable Integer tasksOnNode(Resources asked) {
    Integer perNode = asked.tasksPerNode();
    Integer nodes = asked.nodes();
    int tasks = asked.totalTasks();
    if (perNode != null || tasks == 1) {
      return perNode != null ? perNode : Integer.valueOf(1);
    }
    return nodes == null ? null : Integer.valueOf((tasks + nodes - 1) / nodes);
  }

  private static @Nullable Integer product(int tasks, int cpus) {
    long product = (long) tasks * cpus;
    return product > Integer.MAX_VALUE ? null : Integer.valueOf((int) product);
  }

  /**
   * Completes what is told of a job that has run.
   *
   * @param told what was seen last
   * @param before what was seen before, or null
   * @return the same; what is not told of cpus and memory is as it was told before, else as this
   *     says
   */
  public JobInfo complete(JobInfo told, @Nullable JobInfo before) {
    boolean ran = told.started() != null || told.wallTime() != null;
    if (!ran || (told.allocatedCpus() != null && told.allocatedMemory() != null)) {
      return told;
    }
    Integer given = before == null ? null : before.allocatedCpus();
    Long held = before == null ? null : before.allocatedMemory();
    return told.toBuilder()
        .allocatedCpus(first(told.allocatedCpus(), given, cpus))
        .allocatedMemory(first(told.allocatedMemory(), held, memory))
        .build();
  }

  private static <T> @Nullable T first(@Nullable T told, @Nullable T before, @Nullable T asked) {
    if (told != null) {
      return told;
    }
    return before != null ? before : asked;
  }
}
