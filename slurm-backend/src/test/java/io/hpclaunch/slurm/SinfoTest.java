// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.ResourceReport;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinfoTest {
  @Test
  void readsPartitionsAndGroupsOfNodes() {
    ResourceReport report = Sinfo.parse(Fixture.read("sinfo.txt"));
    assertThat(report.queues())
        .containsExactly(
            new ResourceReport.Queue("debug", true, "up", Duration.ofHours(1), null),
            new ResourceReport.Queue("long", false, "up", Duration.ofDays(7), null));
    assertThat(report.nodes()).hasSize(4);
    assertThat(report.nodes().get(0))
        .isEqualTo(new ResourceReport.NodeGroup(
            "node1", "debug", 1, "mixed", 4, 1, 4, 4000 * MemorySize.MIB, Map.of("gpu", 2)));
  }

  @Test
  void statesKeepTheirMarksAndLimitsTheirNumbers() {
    String row = String.join(
        "\u001f",
        "gpu",
        "drain",
        "down~",
        "3",
        "n[1-3]",
        "2+",
        "32+",
        "64+",
        "512000+",
        "gpu:a100:4(S:0-1)",
        "infinite",
        "2-16");
    ResourceReport report = Sinfo.parse("CLUSTER: c1\n" + row + "\r\n");
    assertThat(report.queues())
        .containsExactly(new ResourceReport.Queue("gpu", false, "drain", null, 16));
    ResourceReport.NodeGroup group = report.nodes().get(0);
    assertThat(group.state()).isEqualTo("down~");
    assertThat(group.socketsPerNode()).isEqualTo(2);
    assertThat(group.cpusPerNode()).isEqualTo(64);
    assertThat(group.memoryPerNode()).isEqualTo(512_000 * MemorySize.MIB);
    assertThat(group.gpusPerNode()).isEqualTo(Map.of("a100", 4));
  }

  @Test
  void aPartitionWithoutNodesIsStillOne() {
    String row = String.join(
        "\u001f",
        "empty",
        "up",
        "n/a",
        "0",
        "",
        "0",
        "0",
        "0",
        "0",
        "(null)",
        "1:00:00",
        "1-infinite");
    ResourceReport report = Sinfo.parse(row);
    assertThat(report.queues()).hasSize(1);
    assertThat(report.nodes()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "slurm_load_partitions: Unable to contact slurm controller",
        "a\u001fb",
        "\u001f\u001f\u001f\u001f\u001f\u001f\u001f\u001f\u001f\u001f\u001f"
      })
  void garbageIsNothing(String answer) {
    assertThat(Sinfo.parse(answer)).isEqualTo(new ResourceReport(List.of(), List.of()));
  }

  @Test
  void readsGenericResources() {
    assertThat(Sinfo.gpus("gpu:2")).isEqualTo(Map.of("gpu", 2));
    assertThat(Sinfo.gpus("gpu:a100:4(S:0-1),gpu:v100:2(S:0,2),nic:1"))
        .isEqualTo(Map.of("a100", 4, "v100", 2));
    assertThat(Sinfo.gpus("gpu:a100:2(IDX:0,1),gpu:a100:2")).isEqualTo(Map.of("a100", 4));
    assertThat(Sinfo.gpus("gpu")).isEqualTo(Map.of("gpu", 1));
    assertThat(Sinfo.gpus("gpu:tesla")).isEqualTo(Map.of("tesla", 1));
    assertThat(Sinfo.gpus("gpu:a100:no_consume:4")).isEqualTo(Map.of("a100", 4));
    assertThat(Sinfo.gpus("(null)")).isEmpty();
    assertThat(Sinfo.gpus("")).isEmpty();
    assertThat(Sinfo.gpus("gpumem:80G,mps:100,gpu:1)(")).isNotNull();
  }

  @Test
  void theCommandIsOne() {
    assertThat(Sinfo.argv("c1")).startsWith("sinfo", "--noheader", "--exact", "--clusters=c1");
  }
}
