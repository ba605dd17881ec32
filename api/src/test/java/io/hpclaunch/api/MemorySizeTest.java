// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {
  @ParameterizedTest
  @CsvSource({
    "1b, 1",
    "1k, 1024",
    "16gb, 17179869184",
    "16G, 17179869184",
    "16 GiB, 17179869184",
    "1.5T, 1649267441664",
    "0.1b, 1",
    "0.3k, 308",
    "2p, 2251799813685248",
    "8191P, 9222246136947933184",
    "9223372036854775807b, 9223372036854775807"
  })
  void unitsArePowersOf1024AndFractionsAreRoundedUp(String text, long bytes) {
    assertThat(MemorySize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "16",
        "G",
        "-1G",
        "0G",
        "0.0G",
        "1,5G",
        "1e3M",
        "16X",
        "16GG",
        "8192P",
        "9223372036854775808b",
        "99999999999999999999G",
        "１G"
      })
  void allElseIsRefused(String text) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> MemorySize.parse(text))
        .withMessageContaining("'" + text + "' is not a size of memory: write 512M");
  }

  @Test
  void aBareNumberHasTheUnitOfItsScheduler() {
    assertThat(MemorySize.parse("2048", "M")).isEqualTo(2 * MemorySize.GIB);
    assertThat(MemorySize.parse("2048k", "M")).isEqualTo(2 * MemorySize.MIB);
  }

  @ParameterizedTest
  @CsvSource({
    "17179869184, 16G",
    "1610612736, 1536M",
    "1, 1K",
    "1025, 2K",
    "0, 0K",
    "1125899906842624, 1024T",
    "9223372036854775807, 8388608T"
  })
  void theLargestUnitThatLeavesAWholeNumber(long bytes, String text) {
    assertThat(MemorySize.format(bytes)).isEqualTo(text);
  }

  @Test
  void wholeKibibytesAreReadBack() {
    Random random = new Random(2);
    for (int i = 0; i < 1000; i++) {
      long bytes = (1 + (long) random.nextInt(Integer.MAX_VALUE)) * MemorySize.KIB;
      assertThat(MemorySize.parse(MemorySize.format(bytes))).isEqualTo(bytes);
    }
  }
}
