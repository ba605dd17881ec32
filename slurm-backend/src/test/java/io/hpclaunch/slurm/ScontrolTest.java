// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScontrolTest {
  @Test
  void readsTheConfiguration() {
    Scontrol.Config config = Scontrol.config(Fixture.read("scontrol-config.txt"));
    assertThat(config.maxArraySize()).isEqualTo(10_001);
    assertThat(config.killWait()).isEqualTo(2);
    assertThat(config.hasAccounting()).isTrue();
    assertThat(config.enforcesPartLimits()).isFalse();
    assertThat(config.changesSubmissions()).isFalse();
    Scontrol.Config none = Scontrol.config("garbage\n= x\n");
    assertThat(none.maxArraySize()).isNull();
    assertThat(none.killWait()).isNull();
    assertThat(none.hasAccounting()).isFalse();
    assertThat(none.enforcesPartLimits()).isFalse();
    String answer = """
        AccountingStorageType = (null)
        EnforcePartLimits=ALL
        JobSubmitPlugins = lua
        """;
    Scontrol.Config other = Scontrol.config(answer.replace("\n", "\r\n"));
    assertThat(other.hasAccounting()).isFalse();
    assertThat(other.enforcesPartLimits()).isTrue();
    assertThat(other.changesSubmissions()).isTrue();
  }

  @Test
  void readsPartitions() {
    assertThat(Scontrol.partitions(Fixture.read("scontrol-partitions.txt")))
        .containsExactly(
            new Scontrol.Partition("debug", true, Duration.ofHours(1), null, 2, 8),
            new Scontrol.Partition("long", false, Duration.ofDays(7), null, 2, 8));
    assertThat(Scontrol.partitions(
            "CLUSTER: c1\nPartitionName=p MaxNodes=3 MaxTime=UNLIMITED TotalNodes=many\r\n"))
        .containsExactly(new Scontrol.Partition("p", false, null, 3, null, null));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "PartitionName",
        "PartitionName=",
        " MaxNodes=1 PartitionName=p",
        "No partitions in the system\n",
        "===",
        "=\n=\nPartitionName x"
      })
  void garbageIsNoPartition(String answer) {
    assertThat(Scontrol.partitions(answer)).isEmpty();
  }

  @Test
  void commands() {
    assertThat(Scontrol.showPartitions(null))
        .containsExactly("scontrol", "--all", "--oneliner", "show", "partition");
    assertThat(Scontrol.showConfig("c1"))
        .containsExactly("scontrol", "--clusters=c1", "show", "config");
  }
}
