// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a scheduler has to give.
 *
 * @param nodes groups of nodes that are alike
 * @param queues queues or partitions, with their limits
 * @since 0.1
 */
public record ResourceReport(List<NodeGroup> nodes, List<Queue> queues) {
  /** Copies the lists. */
  public ResourceReport {
    nodes = List.copyOf(nodes);
    queues = List.copyOf(queues);
  }

  /**
   * Nodes that are alike.
   *
   * @param names the nodes, in the scheduler's own notation, such as {@code n[1-4]}
   * @param queue the queue that they belong to, or null
   * @param count how many they are
   * @param state the scheduler's word for their state, or null
   * @param socketsPerNode sockets of each, or null
   * @param coresPerSocket cores of each socket, or null
   * @param cpusPerNode cpus that the scheduler hands out on each, or null
   * @param memoryPerNode bytes of memory of each, or null
   * @param gpusPerNode gpus of each, by type; a gpu without a type is {@code gpu}
   * @param free what all of them together have left, or null where that is not known
   */
  public record NodeGroup(
      String names,
      @Nullable String queue,
      int count,
      @Nullable String state,
      @Nullable Integer socketsPerNode,
      @Nullable Integer coresPerSocket,
      @Nullable Integer cpusPerNode,
      @Nullable Long memoryPerNode,
      Map<String, Integer> gpusPerNode,
      @Nullable Free free) {
    /** Copies the map. */
    public NodeGroup {
      gpusPerNode = Collections.unmodifiableMap(new LinkedHashMap<>(gpusPerNode));
    }

    /**
     * Nodes of which nobody tells what is free.
     *
     * @param names the nodes, in the scheduler's own notation
     * @param queue the queue that they belong to, or null
     * @param count how many they are
     * @param state the scheduler's word for their state, or null
     * @param socketsPerNode sockets of each, or null
     * @param coresPerSocket cores of each socket, or null
     * @param cpusPerNode cpus that the scheduler hands out on each, or null
     * @param memoryPerNode bytes of memory of each, or null
     * @param gpusPerNode gpus of each, by type
     */
    public NodeGroup(
        String names,
        @Nullable String queue,
        int count,
        @Nullable String state,
        @Nullable Integer socketsPerNode,
        @Nullable Integer coresPerSocket,
        @Nullable Integer cpusPerNode,
        @Nullable Long memoryPerNode,
        Map<String, Integer> gpusPerNode) {
      this(
          names,
          queue,
          count,
          state,
          socketsPerNode,
          coresPerSocket,
          cpusPerNode,
          memoryPerNode,
          gpusPerNode,
          null);
    }
  }

  /**
   * What nodes have left for jobs to come.
   *
   * @param cpus whole cpus, or null where they are not counted
   * @param memory bytes, or null where it is not counted
   * @param gpus by type
   */
  public record Free(@Nullable Integer cpus, @Nullable Long memory, Map<String, Integer> gpus) {
    /** Copies the map. */
    public Free {
      gpus = Collections.unmodifiableMap(new LinkedHashMap<>(gpus));
    }
  }

  /**
   * A queue or partition.
   *
   * @param name its name
   * @param isDefault whether jobs go there that name none
   * @param state the scheduler's word for its state, or null
   * @param maxWalltime the longest walltime, or null for none
   * @param maxNodes the most nodes of one job, or null for no limit
   */
  public record Queue(
      String name,
      boolean isDefault,
      @Nullable String state,
      @Nullable Duration maxWalltime,
      @Nullable Integer maxNodes) {}
}
