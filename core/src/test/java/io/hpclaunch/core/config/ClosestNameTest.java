// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClosestNameTest {
  private static final List<String> KNOWN = List.of("partition", "account", "qos", "name");

  @ParameterizedTest
  @CsvSource({"partiton,partition", "acount,account", "Partition,partition", "qso,qos", "nam,name"})
  void close(String written, String meant) {
    assertThat(ClosestName.of(written, KNOWN)).contains(meant);
  }

  @Test
  void notClose() {
    assertThat(ClosestName.of("zebra", KNOWN)).isEmpty();
    assertThat(ClosestName.of("", KNOWN)).isEmpty();
    assertThat(ClosestName.of("qos", List.of())).isEmpty();
  }
}
