// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostlistTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "node1 | node1",
        "node[1-2] | node1 node2",
        "n[1-3,07-10],login[1-2]-ib | n1 n2 n3 n07 n08 n09 n10 login1-ib login2-ib",
        "a[1-2]b[3-4] | a1b3 a1b4 a2b3 a2b4",
        "n[001-003] | n001 n002 n003",
        "n[9-11] | n9 n10 n11",
        "n[5] | n5",
        "a,b,,c | a b c",
        "rack[1-2]n[01,03]x | rack1n01x rack1n03x rack2n01x rack2n03x",
      })
  void expands(String list, String hosts) {
    assertThat(Hostlist.expand(list)).containsExactly(hosts.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "n[",
        "n]",
        "n[1-2",
        "n1-2]",
        "n[]",
        "n[a-b]",
        "n[2-1]",
        "n[1-2]]",
        "n[[1-2]]",
        "n[1-1000000000000]",
        "n[1-999999999]",
        "n[1-1000][1-1000]",
        "n[1,,2]",
        "n[-1]",
        "n[١-٢]",
        "n[1-60000],m[1-60000]"
      })
  void whatIsNoListOrTooLongStaysAsItIs(String text) {
    assertThat(Hostlist.expand(text)).containsExactly(text);
  }

  @Test
  void nothingIsNobody() {
    assertThat(Hostlist.expand("")).isEmpty();
  }

  @Test
  void aLargeClusterExpands() {
    assertThat(Hostlist.expand("n[00001-50000]")).hasSize(50_000).startsWith("n00001");
  }
}
