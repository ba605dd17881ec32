// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a map that describe resources. Layers count: a field of a higher layer beats
 * the words of {@code resources} in a lower one, and the other way round; within one layer the
 * field beats the words. Of two keys for one field that of the higher layer holds.
 */
final class ResourceKeys {
  private final Node.Fields map;
  private final String path;

  ResourceKeys(Node.Fields map, String path) {
    this.map = map;
    this.path = path;
  }

  Resources read() {
    Resources merged = Resources.none();
    for (int rank : ranks()) {
      merged = at(rank).orElse(merged);
    }
    return merged;
  }

  /** The layers that say anything, the lowest first. */
  private Iterable<Integer> ranks() {
    TreeSet<Integer> ranks = new TreeSet<>();
    for (Node node : map.entries().values()) {
      ranks.add(rank(node));
    }
    return ranks;
  }

  private static int rank(Node node) {
    return node.origin().source().rank();
  }

  private Resources at(int rank) {
    Resources.Builder b = Resources.builder();
    Node queue = one(rank, "queue", "partition");
    b.queue(queue == null ? null : Values.string(queue, path + ".queue"));
    b.account(string(rank, "account"));
    b.qos(string(rank, "qos"));
    b.reservation(string(rank, "reservation"));
    b.constraint(string(rank, "constraint"));
    Node exclusive = one(rank, "exclusive");
    b.exclusive(exclusive == null ? null : Values.bool(exclusive, path + ".exclusive"));
    Node walltime = one(rank, "walltime");
    b.walltime(walltime == null ? null : Values.duration(walltime, path + ".walltime"));
    b.nodes(integer(rank, "nodes"));
    b.tasks(integer(rank, "tasks"));
    b.tasksPerNode(integer(rank, "tasks_per_node"));
    b.cpusPerTask(integer(rank, "cpus_per_task", "cpus"));
    b.gpusPerTask(integer(rank, "gpus_per_task"));
    b.gpusPerNode(integer(rank, "gpus_per_node", "gpus"));
    b.gpuType(string(rank, "gpu_type"));
    b.memoryPerNode(size(rank, "memory"));
    b.memoryPerCpu(size(rank, "memory_per_cpu"));
    Node words = one(rank, Schema.RESOURCES);
    try {
      Resources fields = b.build();
      return words == null
          ? fields
          : fields.orElse(Leaves.resources(words, path + "." + Schema.RESOURCES));
    } catch (InvalidJob e) {
      throw new InvalidConfiguration(place(rank) + ": " + path + ": " + e.getMessage(), e);
    }
  }

  private String place(int rank) {
    for (Node node : map.entries().values()) {
      if (rank(node) == rank) {
        return node.origin().text();
      }
    }
    return map.origin().text();
  }

  /** The value of whichever of a field's names is set in one layer. */
  private @Nullable Node one(int rank, String... names) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      Node node = map.entries().get(name);
      if (node != null && !node.isNull() && rank(node) == rank) {
        found.add(name);
      }
    }
    if (found.isEmpty()) {
      return null;
    }
    Node node = map.entries().get(found.get(0));
    if (found.size() > 1 && node != null) {
      throw Values.error(
          node, path, String.join(" and ", found) + " are the same: give one of them");
    }
    return node;
  }

  private @Nullable String string(int rank, String name) {
    Node node = one(rank, name);
    return node == null ? null : Values.string(node, path + "." + name);
  }

  private @Nullable Integer integer(int rank, String... names) {
    Node node = one(rank, names);
    return node == null ? null : (Integer) Values.integer(node, path + "." + names[0]);
  }

  private @Nullable Long size(int rank, String name) {
    Node node = one(rank, name);
    return node == null ? null : (Long) Values.size(node, path + "." + name);
  }
}
