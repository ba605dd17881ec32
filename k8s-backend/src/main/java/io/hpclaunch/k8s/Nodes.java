// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.hpclaunch.api.ResourceReport;
import io.hpclaunch.api.ResourceReport.NodeGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The cluster's nodes, by what they have to give. */
final class Nodes {
  private Nodes() {}

  static ResourceReport report(List<JsonObject> nodes) {
    Map<NodeGroup, StringBuilder> groups = new LinkedHashMap<>();
    Map<NodeGroup, Integer> counts = new LinkedHashMap<>();
    for (JsonObject node : nodes) {
      NodeGroup one = group(node);
      StringBuilder names = groups.computeIfAbsent(one, each -> new StringBuilder());
      names.append(names.length() == 0 ? "" : ",").append(Fields.name(node));
      counts.merge(one, 1, Integer::sum);
    }
    return new ResourceReport(
        groups.entrySet().stream()
            .map(each -> named(
                each.getKey(), each.getValue().toString(), counts.getOrDefault(each.getKey(), 1)))
            .toList(),
        List.of());
  }

  private static NodeGroup named(NodeGroup group, String names, int count) {
    return new NodeGroup(
        names,
        null,
        count,
        group.state(),
        null,
        null,
        group.cpusPerNode(),
        group.memoryPerNode(),
        group.gpusPerNode());
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
      if ("Ready".equals(Fields.text(condition, "type"))
          && "True".equals(Fields.text(condition, "status"))) {
        state = "Ready";
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
