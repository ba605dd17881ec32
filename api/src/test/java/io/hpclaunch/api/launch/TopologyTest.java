// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyTest {
  @Test
  void ranksSpreadAsTheFormulasSay() {
    for (int cores = 1; cores <= 12; cores++) {
      for (int sockets = 1; sockets <= 4; sockets++) {
        Topology topology = new Topology(3, sockets, cores);
        for (int ranks = 1; ranks <= 120; ranks++) {
          int perSocket = Math.min(ranks, cores);
          assertThat(topology.layout(ranks))
              .isEqualTo(new Topology.Layout(
                  ranks, perSocket, (int) Math.ceil((double) ranks / perSocket), (int)
                      Math.ceil((double) ranks / (cores * sockets))));
        }
      }
    }
  }

  @Test
  void theLargestCountsDoNotOverflow() {
    assertThat(new Topology(1, 2, 64).layout(Integer.MAX_VALUE))
        .isEqualTo(new Topology.Layout(Integer.MAX_VALUE, 64, 33554432, 16777216));
    assertThat(new Topology(1, 1, Integer.MAX_VALUE).layout(5))
        .isEqualTo(new Topology.Layout(5, 5, 1, 1));
  }

  @ParameterizedTest
  @CsvSource({"0,1,1", "1,0,1", "1,1,0", "-1,1,1", "65536,32768,1", "2147483647,2147483647,4"})
  void otherTopologiesAreRefused(int nodes, int sockets, int cores) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Topology(nodes, sockets, cores));
  }

  @Test
  void coresAreCounted() {
    assertThat(new Topology(3, 2, 8).cores()).isEqualTo(48);
  }
}
