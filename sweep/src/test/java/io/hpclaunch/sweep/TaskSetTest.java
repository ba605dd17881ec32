// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskSetTest {
  @Test
  void commasBlanksAndLineEndsSeparateAndEachCountsOnce() {
    TaskSet tasks = TaskSet.parse("1, 3-5 4\n# all of them 7\n8 #9\n,10", "f", 10);
    assertThat(tasks).hasToString("1,3-5,8,10");
    assertThat(tasks.size()).isEqualTo(6);
    assertThat(tasks.contains(9)).isFalse();
    assertThat(TaskSet.parse(" # none\n", "f", 10).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3-1 | ends before it begins: write 1-3",
        "0 | there is no task 0",
        "11 | the sweep has 1 to 10",
        "2-11 | the sweep has 1 to 10",
        "x | is no task",
        "1--2 | is no task",
        "-1 | is no task",
        "12345678901 | is no task",
      })
  void whatIsWrongIsTold(String text, String message) {
    assertThatThrownBy(() -> TaskSet.parse(text, "f", 10))
        .hasMessageStartingWith("f: ")
        .hasMessageContaining(message);
  }

  @Test
  void aWholeSetIsFromOneOn() {
    assertThat(TaskSet.first(3).isWhole()).isTrue();
    assertThat(TaskSet.parse("1-2,4", "f", 4).isWhole()).isFalse();
    assertThat(TaskSet.parse("2-4", "f", 4).isWhole()).isFalse();
  }
}
