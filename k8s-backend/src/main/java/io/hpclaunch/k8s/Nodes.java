// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReport.Free;
import io.hpclaunch.api.ResourceReport.NodeGroup;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The cluster's nodes, by what they have to give. */
final class Nodes {
  private static final String READY = "Ready";

  private Nodes() {}

  /**
   * Nodes that are alike, together.
   *
   * @param nodes the nodes
   * @param requests what is taken of them, or null where that is not known
   */
  static ResourceReport report(List<JsonObject> nodes, @Nullable Requests requests) {
    Map<NodeGroup, List<JsonObject>> groups = new LinkedHashMap<>();
    nodes.forEach(
        node -> groups.computeIfAbsent(group(node), each -> new ArrayList<>()).add(node));
    return new ResourceReport(
        groups.entrySet().stream()
            .map(each -> together(each.getKey(), each.getValue(), requests))
            .toList(),
        List.of());
  }

  private static NodeGroup together(
      NodeGroup group, List<JsonObject> nodes, @Nullable Requests requests) {
    boolean isOpen = READY.equals(group.state());
    return new NodeGroup(
        String.join(",", nodes.stream().map(Fields::name).toList()),
        null,
        nodes.size(),
        group.state(),
        null,
        null,
        group.cpusPerNode(),
        group.memoryPerNode(),
        group.gpusPerNode(),
        isOpen && requests != null ? free(group, nodes, requests) : null);
  }

  /** What a part of one node is worth is no part of another's: each is rounded down. */
  private static Free free(NodeGroup group, List<JsonObject> nodes, Requests requests) {
    long cpus = 0;
    long memory = 0;
    Map<String, Integer> gpus = new TreeMap<>();
    for (JsonObject node : nodes) {
      cpus += left(node, "cpu", requests);
      memory += left(node, "memory", requests);
      for (String gpu : group.gpusPerNode().keySet()) {
        gpus.merge(gpu, (int) left(node, gpu, requests), Integer::sum);
      }
    }
    return new Free(
        group.cpusPerNode() == null ? null : (Integer) Math.toIntExact(cpus),
        group.memoryPerNode() == null ? null : (Long) memory,
        gpus);
  }

  private static long left(JsonObject node, String resource, Requests requests) {
    BigDecimal given = Quantities.amount(Fields.text(node, "status", "allocatable", resource));
    return given == null
        ? 0
        : given
            .subtract(requests.taken(Fields.name(node), resource))
            .max(BigDecimal.ZERO)
            .setScale(0, RoundingMode.DOWN)
            .longValueExact();
  }

  private static NodeGroup group(JsonObject node) {
    return new NodeGroup(
        "",
        null,
        1,
        state(node),
        null,
        null,
        Quantities.count(Fields.text(node, "status", "allocatable", "cpu")),
        Quantities.whole(Fields.text(node, "status", "allocatable", "memory")),
        gpus(node));
  }

  private static String state(JsonObject node) {
    String state = "NotReady";
    for (JsonObject condition : Fields.objects(node, "status", "conditions")) {
      if (READY.equals(Fields.text(condition, "type"))
          && "True".equals(Fields.text(condition, "status"))) {
        state = READY;
      }
    }
    return Fields.isTrue(node, "spec", "unschedulable") ? state + ",SchedulingDisabled" : state;
  }

  /** Resources of vendors that end in {@code gpu}, or are a part of one. */
  private static Map<String, Integer> gpus(JsonObject node) {
    Map<String, Integer> all = new TreeMap<>();
    if (Fields.at(node, "status", "allocatable") instanceof JsonObject allocatable) {
      for (Map.Entry<String, JsonElement> each : allocatable.entrySet()) {
        String resource = each.getKey();
        Integer count = Quantities.count(each.getValue().getAsString());
        boolean gpu = resource.endsWith("/gpu") || resource.contains("/mig-");
        if (gpu && count != null && count > 0) {
          all.put(resource, count);
        }
      }
    }
    return all;
  }
}
