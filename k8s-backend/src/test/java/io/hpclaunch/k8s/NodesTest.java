// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.hpclaunch.api.ResourceReport.Free;
import io.hpclaunch.api.ResourceReport.NodeGroup;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodesTest {
  private static final long GIB = 1L << 30;

  private final Requests requests = new Requests();

  private static JsonObject json(String text) {
    return JsonParser.parseString(text).getAsJsonObject();
  }

  private static JsonObject node(String name, String ready) {
    return json("""
        {"metadata": {"name": "%s"}, "status": {
          "allocatable": {"cpu": "8", "memory": "16Gi", "nvidia.com/gpu": "2"},
          "conditions": [{"type": "Ready", "status": "%s"}]}}
        """.formatted(name, ready));
  }

  private void pod(String spec) {
    requests.add(json("{\"spec\": " + spec + "}"));
  }

  private List<NodeGroup> report(JsonObject... nodes) {
    return Nodes.report(List.of(nodes), requests).nodes();
  }

  @Test
  void freeIsWhatPodsHaveLeftOfEachNode() {
    pod("""
        {"nodeName": "a", "containers": [
          {"resources": {"requests": {"cpu": "1500m", "memory": "1Gi"}}},
          {"resources": {"requests": {"cpu": "1", "nvidia.com/gpu": "1"}}}]}
        """);
    pod("""
        {"nodeName": "b", "containers": [{"resources": {"requests": {"cpu": "100m"}}}]}
        """);
    pod("""
        {"containers": [{"resources": {"requests": {"cpu": "5"}}}]}
        """); // on no node yet
    NodeGroup both = report(node("a", "True"), node("b", "True")).get(0);
    assertThat(both.names()).isEqualTo("a,b");
    assertThat(both.count()).isEqualTo(2);
    assertThat(both.free()).isEqualTo(new Free(5 + 7, 31 * GIB, Map.of("nvidia.com/gpu", 3)));
  }

  @Test
  void aPodHasWhatItNeedsAtItsLargest() {
    pod("""
        {"nodeName": "a", "overhead": {"cpu": "1"},
         "initContainers": [
          {"resources": {"requests": {"cpu": "4", "memory": "1Gi"}}},
          {"restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}}],
         "containers": [{"resources": {"requests": {"cpu": "2", "memory": "2Gi"}}}]}
        """);
    assertThat(report(node("a", "True")).get(0).free())
        .isEqualTo(new Free(8 - 5, 14 * GIB, Map.of("nvidia.com/gpu", 2)));
  }

  @Test
  void nothingIsToldOfWhatIsNotKnownOrTakesNoPods() {
    assertThat(report(node("a", "False")).get(0).free()).isNull();
    assertThat(Nodes.report(List.of(node("a", "True")), null).nodes().get(0).free())
        .isNull();
  }
}
