// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.InvalidJob;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartTest {
  @Test
  void whatFitsStaysWhole() {
    ArrayRange array = ArrayRange.parse("0-1000%7");
    assertThat(Part.of(array, 1000)).containsExactly(new Part(null, array, 0));
    assertThat(Part.of(array, null)).containsExactly(new Part(null, array, 0));
    assertThat(Part.of(null, 5)).containsExactly(new Part(null, null, 0));
    ArrayRange steps = ArrayRange.parse("0-1005:10");
    assertThat(Part.of(steps, 1000)).as("its last index is 1000").hasSize(1);
  }

  /** Each element is in one chunk, with an index that the scheduler takes. */
  @ParameterizedTest
  @CsvSource({
    "1-100, 9",
    "0-999999, 1000",
    "5-5, 0",
    "7-123:3, 20",
    "0-100:50, 10",
    "999999000-999999999, 1000",
    "3-1000:7%50, 99"
  })
  void everyElementIsThereOnce(String text, int largest) {
    ArrayRange array = ArrayRange.parse(text);
    List<Integer> users = new ArrayList<>();
    int atOnce = 0;
    for (Part part : Part.of(array, largest)) {
      ArrayRange scheduler = part.scheduler();
      assertThat(scheduler).isNotNull();
      for (int i = scheduler.first(); i <= scheduler.last(); i += scheduler.step()) {
        assertThat(i).isBetween(0, largest);
        users.add(i + part.offset());
      }
      atOnce += scheduler.atOnce() == null ? 0 : scheduler.atOnce();
    }
    assertThat(users).isEqualTo(indices(array));
    assertThat(atOnce).isEqualTo(array.atOnce() == null ? 0 : array.atOnce());
  }

  private static List<Integer> indices(ArrayRange array) {
    List<Integer> all = new ArrayList<>();
    for (int i = array.first(); i <= array.last(); i += array.step()) {
      all.add(i);
    }
    return all;
  }

  @Test
  void fewerAtOnceThanChunksCannotBeKept() {
    assertThatThrownBy(() -> Part.of(ArrayRange.parse("0-99%2"), 9))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("at least 10");
  }
}
