// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmIdTest {
  private static SlurmId id(String text) {
    return Objects.requireNonNull(SlurmId.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "12, 12, , ,",
    "12.batch, 12, , , batch",
    "12.0, 12, , , 0",
    "12_3, 12, 3, ,",
    "12_3.extern, 12, 3, , extern",
    "12_0, 12, 0, ,",
    "12+1, 12, , 1,",
    "12+0.batch, 12, , 0, batch",
    "4294967295, 4294967295, , ,",
  })
  void readsJobsElementsComponentsAndSteps(
      String text, String job, Integer task, Integer component, String step) {
    assertThat(SlurmId.parse(text)).isEqualTo(new SlurmId(job, task, null, component, step));
  }

  @Test
  void readsElementsThatWaitTogether() {
    SlurmId.TaskSet tasks = Objects.requireNonNull(id("12_[3-10%2]").tasks());
    assertThat(tasks.complete()).isTrue();
    assertThat(tasks.ranges()).containsExactly(ArrayRange.of(3, 10));
    assertThat(tasks.contains(10)).isTrue();
    assertThat(tasks.contains(2)).isFalse();

    SlurmId.TaskSet mixed = Objects.requireNonNull(id("68_[0,4-8998:3,9000%7]").tasks());
    assertThat(mixed.ranges())
        .containsExactly(
            ArrayRange.of(0, 0), new ArrayRange(4, 8998, 3, null), ArrayRange.of(9000, 9000));
    assertThat(mixed.contains(7)).isTrue();
    assertThat(mixed.contains(8)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"12_[1,3,5,...]", "12_[1,3,5,7", "12_[1,3,5,1"})
  void aListThatWasCutOffSaysSo(String text) {
    SlurmId.TaskSet tasks = Objects.requireNonNull(id(text).tasks());
    assertThat(tasks.complete()).isFalse();
    assertThat(tasks.contains(5)).isTrue();
    assertThat(tasks.contains(7)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "JOBID",
        "12_",
        "12_[",
        "12_[]",
        "12_[a-b]",
        "12_[5-3]",
        "12_x",
        "12+",
        "12+x",
        "12-3",
        "12.",
        "12 ",
        " 12",
        "-12",
        "١٢",
        "12345678901",
        "12_1234567890",
        "12_[1-2]x",
        "12_3_4",
        "12x.0"
      })
  void anythingElseIsNone(String text) {
    assertThat(SlurmId.parse(text)).isNull();
  }
}
