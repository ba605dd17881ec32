// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Walltimes;
import io.hpclaunch.slurm.Scontrol.Partition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognizes jobs that can never run as their partition stands. Slurm takes them, unless
 * EnforcePartLimits says otherwise, and lets them wait for ever. What no node of the cluster can
 * grant, such as its cpus for one task, Slurm refuses by itself.
 */
final class PartitionLimits {
  private final List<Partition> partitions;

  /**
   * Makes them.
   *
   * @param partitions all that the cluster has
   */
  PartitionLimits(List<Partition> partitions) {
    this.partitions = partitions;
  }

  /**
   * Whether the words of a job are all that decides: native options may say more than is read here,
   * and a reservation has limits of its own.
   */
  static boolean apply(JobSpec spec) {
    return spec.nativeOptions().isEmpty() && spec.resources().reservation() == null;
  }

  /**
   * Why a job can never run.
   *
   * @param r what it asks for
   * @return for each partition that it may run in what it asks for and what the limit is; null
   *     where one of them may let it run, and where they are not known
   */
  @Nullable String refusal(Resources r) {
    List<String> why = new ArrayList<>();
    for (Partition partition : askedFor(r.queue())) {
      String one = refusal(r, partition);
      if (one == null) {
        return null;
      }
      why.add(one);
    }
    return why.isEmpty() ? null : String.join("; ", why);
  }

  /** Those that are named, else the default one; none where one of them is not known. */
  private List<Partition> askedFor(@Nullable String queue) {
    List<Partition> asked = new ArrayList<>();
    if (queue == null) {
      partitions.stream().filter(Partition::isDefault).forEach(asked::add);
      return asked;
    }
    for (String name : queue.split(",", -1)) {
      Partition known = partitions.stream()
          .filter(partition -> partition.name().equals(name))
          .findFirst()
          .orElse(null);
      if (known == null) {
        return List.of();
      }
      asked.add(known);
    }
    return asked;
  }

  /** A QOS may lift the limits that somebody set, but not bring nodes. */
  private static @Nullable String refusal(Resources r, Partition p) {
    boolean lifted = r.qos() != null;
    Duration walltime = r.walltime();
    Duration maxTime = p.maxTime();
    if (!lifted && walltime != null && maxTime != null && minutes(walltime) > minutes(maxTime)) {
      return exceeded(
          p, "a walltime of " + Walltimes.format(walltime), "MaxTime", Walltimes.format(maxTime));
    }
    long nodes = nodes(r);
    if (!lifted && p.maxNodes() != null && nodes > p.maxNodes()) {
      return exceeded(p, count(nodes, "node"), "MaxNodes", p.maxNodes());
    }
    if (p.totalNodes() != null && nodes > p.totalNodes()) {
      return exceeded(p, count(nodes, "node"), "TotalNodes", p.totalNodes());
    }
    long cpus = cpus(r, nodes);
    if (p.totalCpus() != null && cpus > p.totalCpus()) {
      return exceeded(p, count(cpus, "cpu"), "TotalCPUs", p.totalCpus());
    }
    return null;
  }

  private static String exceeded(Partition p, String asked, String limit, Object most) {
    return "it asks for " + asked + ", and partition " + p.name() + " has " + limit + "=" + most;
  }

  private static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** Slurm counts begun minutes. */
  private static long minutes(Duration time) {
    return (time.getSeconds() + (time.getNano() > 0 ? 1 : 0) + 59) / 60;
  }

  /** At least so many: tasks need some, and sbatch leaves out nodes that would have none. */
  private static long nodes(Resources r) {
    long nodes = r.nodes() == null ? 1 : r.nodes();
    Integer tasks = r.tasks();
    if (tasks == null) {
      return nodes;
    }
    Integer each = r.tasksPerNode();
    long needed = each == null ? 1 : (tasks + each - 1L) / each;
    return Math.min(tasks, Math.max(nodes, needed));
  }

  private static long cpus(Resources r, long nodes) {
    Integer each = r.tasksPerNode();
    long tasks = r.tasks() != null ? r.tasks() : each == null ? nodes : nodes * each;
    return tasks * (r.cpusPerTask() == null ? 1L : r.cpusPerTask());
  }
}
