// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.NativeId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SbatchAnswerTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "42\n",
        "42",
        "42\r\n",
        "Submitted batch job 42\n",
        "Welcome to the cluster!\n42\n",
        "42\nYou have used 7 of 10 hours\n",
        "Job accepted.\nSubmitted batch job 42\n\n",
        "sbatch: Submitted batch job 42\n",
        "41\n42\n"
      })
  void readsTheId(String stdout) {
    assertThat(SbatchAnswer.read(stdout)).isEqualTo(NativeId.of("42"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"42;c1\n", "Submitted batch job 42 on cluster c1\n", "hello\r\n42;c1\r\n"})
  void readsTheCluster(String stdout) {
    assertThat(SbatchAnswer.read(stdout)).isEqualTo(NativeId.of("42").onCluster("c1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "0",
        "-42",
        "42 43",
        "42;",
        "42;a b",
        "42;c1;x",
        "job 42",
        "4 2",
        "Submitted batch job",
        "Submitted batch job x",
        "Submitted batch job 42 on cluster",
        "12345678901",
        "٤٢",
        "\u0000\u0001"
      })
  void anythingElseIsNoId(String stdout) {
    assertThat(SbatchAnswer.read(stdout)).isNull();
  }
}
