// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hpclaunch.api.NativeId;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbsIdTest {
  private static PbsId id(String text) {
    return Objects.requireNonNull(PbsId.parse(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "12.vm",
        "0.vm",
        "12[].vm",
        "12[3].vm",
        "12",
        "12[]",
        "12[3]",
        "12.vm-1.cluster_a.edu",
        "999999999999.vm",
        "12.3par"
      })
  void isWrittenAsItWasRead(String text) {
    assertThat(id(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "vm",
        "12.",
        "12..",
        "12.vm\n",
        " 12.vm",
        "12.v m",
        "12[",
        "12[.vm",
        "12[]x",
        "12[a].vm",
        "12[3",
        "12[-1].vm",
        "12.5",
        "3.14.15",
        "1234567890123.vm",
        "12[1234567890].vm",
        "12.-vm",
        "12.vm/0",
        "12.vm@other",
        "12[].vm[",
        "١٢.vm",
        "12[2-3].vm"
      })
  void anythingElseIsNoId(String text) {
    assertThat(PbsId.parse(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"12.vm, 12.vm,", "12[].vm, 12[].vm,", "12[3].vm, 12[].vm, 3", "12[0], 12[], 0"})
  void theApiKnowsElementsByTheirArray(String text, String value, Integer index) {
    NativeId expected = new NativeId(value, null, index);
    assertThat(id(text).nativeId()).isEqualTo(expected);
    assertThat(PbsId.of(expected)).isEqualTo(id(text));
  }

  @Test
  void anArrayOfOneElementIsAPlainJobOfPbs() {
    assertThat(PbsId.of(NativeId.of("12.vm").element(7))).isEqualTo(id("12.vm"));
    assertThatIllegalArgumentException().isThrownBy(() -> PbsId.of(NativeId.of("pod-1")));
  }

  @Test
  void anElementAndItsArray() {
    assertThat(id("12[].vm").element(3)).isEqualTo(id("12[3].vm"));
    assertThat(id("12[3].vm").whole()).isEqualTo(id("12[].vm"));
    assertThat(id("12.vm").whole()).isEqualTo(id("12.vm"));
    assertThat(id("12[3].vm").key()).isEqualTo("12").isEqualTo(id("12[].vm.edu").key());
  }

  @ParameterizedTest
  @CsvSource({
    "12.vm, 12.vm.cluster.edu, true",
    "12, 12.vm, true",
    "12.VM, 12.vm, true",
    "12.vm, 12.vn, false",
    "12.vm, 13.vm, false",
    "12.vm, 12.vm2.cluster.edu, false",
  })
  void serversMayBeWrittenInShort(String one, String other, boolean same) {
    assertThat(id(one).isSameJob(id(other))).isEqualTo(same);
    assertThat(id(other).isSameJob(id(one))).isEqualTo(same);
  }
}
