// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What pods that have not ended have asked for, by node, as the scheduler counts it: all of a pod's
 * containers at once, or the largest of those that run before them, and its overhead.
 */
final class Requests {
  private final Map<String, Map<String, BigDecimal>> byNode = new HashMap<>();

  /** Counts a pod that a node has. */
  void add(JsonObject pod) {
    String node = Fields.text(pod, "spec", "nodeName");
    if (node != null) {
      Map<String, BigDecimal> onNode = byNode.computeIfAbsent(node, name -> new HashMap<>());
      of(pod).forEach((resource, amount) -> onNode.merge(resource, amount, BigDecimal::add));
    }
  }

  /** What of a node's resource is taken. */
  BigDecimal taken(String node, String resource) {
    return byNode.getOrDefault(node, Map.of()).getOrDefault(resource, BigDecimal.ZERO);
  }

  private static Map<String, BigDecimal> of(JsonObject pod) {
    Map<String, BigDecimal> all = new HashMap<>();
    for (JsonObject container : Fields.objects(pod, "spec", "containers")) {
      amounts(container).forEach((name, amount) -> all.merge(name, amount, BigDecimal::add));
    }
    Map<String, BigDecimal> before = new HashMap<>();
    for (JsonObject container : Fields.objects(pod, "spec", "initContainers")) {
      boolean stays = "Always".equals(Fields.text(container, "restartPolicy"));
      amounts(container).forEach((name, amount) -> {
        if (stays) {
          all.merge(name, amount, BigDecimal::add);
        } else {
          before.merge(name, amount, BigDecimal::max);
        }
      });
    }
    before.forEach((name, amount) -> all.merge(name, amount, BigDecimal::max));
    amounts(Fields.at(pod, "spec", "overhead"))
        .forEach((name, amount) -> all.merge(name, amount, BigDecimal::add));
    return all;
  }

  private static Map<String, BigDecimal> amounts(JsonObject container) {
    return amounts(Fields.at(container, "resources", "requests"));
  }

  private static Map<String, BigDecimal> amounts(@Nullable JsonElement map) {
    Map<String, BigDecimal> all = new HashMap<>();
    if (map instanceof JsonObject object) {
      for (Map.Entry<String, JsonElement> each : object.entrySet()) {
        BigDecimal amount = Quantities.amount(each.getValue().getAsString());
        if (amount != null) {
          all.put(each.getKey(), amount);
        }
      }
    }
    return all;
  }
}
