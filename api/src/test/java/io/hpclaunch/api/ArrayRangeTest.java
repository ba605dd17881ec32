// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayRangeTest {
  @ParameterizedTest
  @CsvSource({
    "1-100%4, 1, 100, 1, 4",
    "0-9:2, 0, 9, 2,",
    "5, 5, 5, 1,",
    "3:2%1, 3, 3, 2, 1",
    "0-999999999, 0, 999999999, 1,"
  })
  void formsAreRead(String text, int first, int last, int step, Integer atOnce) {
    assertThat(ArrayRange.parse(text)).isEqualTo(new ArrayRange(first, last, step, atOnce));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "-1", "1-", "1,3", "1-3,5", "1-10:", "1-10%", "1-10%2:3", "1-9999999999"})
  void allElseIsNoRange(String text) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> ArrayRange.parse(text))
        .withMessageContaining("'" + text + "' is not an array: write one range");
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 5, 1,, begin at 0",
    "5, 4, 1,, last index is below the first",
    "0, 1000000000, 1,, end at 999999999",
    "0, 2147483647, 1,, end at 999999999",
    "0, 5, 0,, step must be",
    "0, 5, 1, 0, at once"
  })
  void numbersOutOfBoundsAreNamed(int first, int last, int step, Integer atOnce, String message) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> new ArrayRange(first, last, step, atOnce))
        .withMessageContaining(message);
  }

  @Test
  void theLargestArrayIsCounted() {
    ArrayRange all = ArrayRange.of(0, 999_999_999);
    assertThat(all.size()).isEqualTo(1_000_000_000);
    ArrayRange coarse = new ArrayRange(7, 999_999_999, 500_000_000, null);
    assertThat(coarse.indices()).containsExactly(7, 500_000_007);
  }

  @Test
  void sizeIndicesAndContainsAgree() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      int first = random.nextInt(50);
      ArrayRange range =
          new ArrayRange(first, first + random.nextInt(50), 1 + random.nextInt(10), null);
      int[] indices = range.indices().toArray();
      assertThat(indices).hasSize(range.size()).isSorted();
      for (int index = -1; index < 120; index++) {
        int wanted = index;
        assertThat(range.contains(index)).isEqualTo(range.indices().anyMatch(own -> own == wanted));
      }
      assertThat(ArrayRange.parse(range.toString())).isEqualTo(range);
    }
  }
}
