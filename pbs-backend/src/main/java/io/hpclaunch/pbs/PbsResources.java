// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Unsupported;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job asks for, in the words of {@code -l}: chunks for OpenPBS (pbs_resources(7B) of 23.06),
 * nodes and processors for Torque (qsub(1) of 6.1). What is unset is not said.
 *
 * <p>A node becomes a chunk. Where only tasks are known, each of them is a chunk, and PBS places
 * them.
 */
final class PbsResources {
  private static final long KIB = 1L << 10;
  private static final String[] UNITS = {"b", "kb", "mb", "gb", "tb"};

  private final Resources resources;
  private final String gpuType;

  private PbsResources(Resources resources, String gpuType) {
    this.resources = resources;
    this.gpuType = gpuType;
  }

  /**
   * The values of {@code -l}, save the walltime.
   *
   * @param resources what the job asks for
   * @param dialect in whose words
   * @param gpuType the site's resource that names a kind of gpu
   * @throws Unsupported when they have none for it
   */
  static List<String> of(Resources resources, Dialect dialect, String gpuType) {
    PbsResources words = new PbsResources(resources, gpuType);
    return dialect == Dialect.TORQUE ? words.torque() : words.openPbs();
  }

  /** Nodes, each with so many tasks. */
  private record Kind(int count, int tasks) {}

  // ---- OpenPBS

  private List<String> openPbs() {
    if (resources.qos() != null) {
      throw new Unsupported("PBS has no qos: ask for a queue, or for a resource of the site's by a"
          + " native option such as -l qos=" + resources.qos());
    }
    List<String> words = new ArrayList<>();
    String select = resources.select() == null ? select() : resources.select();
    if (select != null) {
      words.add("select=" + select);
    }
    boolean exclusive = Boolean.TRUE.equals(resources.exclusive());
    boolean scattered = resources.select() == null && isMany(resources.nodes());
    if (scattered || exclusive) {
      words.add("place=" + (!scattered ? "excl" : exclusive ? "scatter:excl" : "scatter"));
    }
    return words;
  }

  private static boolean isMany(@Nullable Integer number) {
    return number != null && number > 1;
  }

  private @Nullable String select() {
    if (resources.nodes() == null && resources.tasks() == null && !asksForMore()) {
      return null;
    }
    StringBuilder select = new StringBuilder();
    for (Kind kind : kinds()) {
      select.append(select.isEmpty() ? "" : "+").append(kind.count()).append(chunk(kind.tasks()));
    }
    return select.toString();
  }

  private boolean asksForMore() {
    return resources.tasksPerNode() != null
        || resources.cpusPerTask() != null
        || resources.memoryPerNode() != null
        || resources.memoryPerCpu() != null
        || resources.gpusPerNode() != null
        || resources.gpusPerTask() != null
        || resources.constraint() != null;
  }

  private boolean hasTasks() {
    return resources.tasks() != null || resources.tasksPerNode() != null;
  }

  private String chunk(int tasks) {
    StringBuilder chunk = new StringBuilder();
    Integer perTask = resources.cpusPerTask();
    long cpus = (long) tasks * (perTask == null ? 1 : perTask);
    if (perTask != null || hasTasks() || resources.memoryPerCpu() != null) {
      chunk.append(":ncpus=").append(cpus);
    }
    if (hasTasks()) { // without ompthreads each rank would get a thread for each of ncpus
      chunk.append(":mpiprocs=").append(tasks);
      chunk.append(perTask == null ? "" : ":ompthreads=" + perTask);
    }
    Long memory = memory(cpus);
    chunk.append(memory == null ? "" : ":mem=" + size(memory));
    int gpus = gpus(tasks);
    if (gpus > 0) {
      chunk.append(":ngpus=").append(gpus);
      String type = resources.gpuType();
      chunk.append(type == null ? "" : ":" + gpuType + "=" + type);
    }
    String constraint = resources.constraint();
    return chunk.append(constraint == null ? "" : ":" + constraint).toString();
  }

  private @Nullable Long memory(long cpus) {
    Long perCpu = resources.memoryPerCpu();
    return perCpu == null ? resources.memoryPerNode() : Long.valueOf(perCpu * cpus);
  }

  private int gpus(int tasks) {
    Integer perNode = resources.gpusPerNode();
    Integer perTask = resources.gpusPerTask();
    return perNode != null ? perNode : perTask != null ? perTask * tasks : 0;
  }

  /** Nodes with one task more than others stand first. */
  private List<Kind> kinds() {
    Integer nodes = resources.nodes();
    Integer tasks = resources.tasks();
    Integer perNode = resources.tasksPerNode();
    if (perNode != null) {
      int each = tasks == null ? perNode : Math.min(perNode, tasks);
      return spread(nodes != null ? nodes : tasks == null ? 1 : ceiling(tasks, each), tasks, each);
    }
    if (nodes != null) {
      int all = tasks == null ? nodes : Math.max(tasks, nodes);
      return spread(nodes, all, ceiling(all, nodes));
    }
    if (isMany(tasks) && (resources.memoryPerNode() != null || resources.gpusPerNode() != null)) {
      throw new Unsupported("where PBS places " + tasks + " tasks is left to it, and memory or gpus"
          + " are asked for per node: say how many nodes, or ask per cpu or per task");
    }
    return List.of(new Kind(tasks == null ? 1 : tasks, 1));
  }

  /** As many tasks as there are, or as many as fit, as evenly as it goes. */
  private static List<Kind> spread(int nodes, @Nullable Integer tasks, int most) {
    if (tasks == null || tasks >= (long) nodes * most || tasks < nodes) {
      return List.of(new Kind(nodes, most));
    }
    int more = tasks % nodes;
    int each = tasks / nodes;
    return more == 0
        ? List.of(new Kind(nodes, each))
        : List.of(new Kind(more, each + 1), new Kind(nodes - more, each));
  }

  private static int ceiling(int number, int divisor) {
    return (number + divisor - 1) / divisor;
  }

  // ---- Torque

  private List<String> torque() {
    if (resources.select() != null && resources.needsPbs()) {
      throw new Unsupported("Torque has no chunks: select=" + resources.select());
    }
    List<String> words = new ArrayList<>();
    if (resources.nodes() != null || resources.tasks() != null || asksForMore()) {
      words.add("nodes=" + nodes());
    }
    Long memory = torqueMemory();
    if (memory != null) {
      words.add("mem=" + size(memory));
    }
    if (resources.qos() != null) {
      words.add("qos=" + resources.qos());
    }
    if (Boolean.TRUE.equals(resources.exclusive())) {
      words.add("naccesspolicy=singlejob");
    }
    return words;
  }

  private String nodes() {
    StringBuilder nodes = new StringBuilder();
    for (Kind kind : kinds()) {
      int perTask = resources.cpusPerTask() == null ? 1 : resources.cpusPerTask();
      nodes.append(nodes.isEmpty() ? "" : "+").append(kind.count());
      nodes.append(":ppn=").append((long) kind.tasks() * perTask);
      int gpus = gpus(kind.tasks());
      nodes.append(gpus > 0 ? ":gpus=" + gpus : "");
      nodes.append(gpus > 0 && resources.gpuType() != null ? ":" + resources.gpuType() : "");
      nodes.append(resources.constraint() == null ? "" : ":" + resources.constraint());
    }
    return nodes.toString();
  }

  /** Torque's {@code mem} is the whole job's. */
  private @Nullable Long torqueMemory() {
    int perTask = resources.cpusPerTask() == null ? 1 : resources.cpusPerTask();
    long all = 0;
    for (Kind kind : kinds()) {
      Long memory = memory((long) kind.tasks() * perTask);
      if (memory == null) {
        return null;
      }
      all += memory * kind.count();
    }
    return all;
  }

  /** The largest unit that it is a whole number of, up to gigabytes; rounded up to kilobytes. */
  static String size(long bytes) {
    long value = bytes % KIB == 0 ? bytes / KIB : bytes / KIB + 1;
    int unit = 1;
    while (value % KIB == 0 && value > 0 && unit < UNITS.length - 2) {
      value /= KIB;
      unit++;
    }
    return value + UNITS[unit];
  }
}
