// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hpclaunch.api.InvalidJob;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CommandTest {
  @Test
  void eachChangeMakesAnotherCommand() {
    Command bare = Command.of("sbatch", "", "a b");
    Map<String, @Nullable String> unset = new HashMap<>();
    unset.put("SLURM_JOB_ID", null);
    byte[] input = {1, 2};
    Command full = bare.withEnvironment(unset)
        .withEnvironment(Map.of("A", "1"))
        .withInput(input)
        .withTimeout(Duration.ofSeconds(5));
    input[0] = 9;
    assertThat(full.argv()).containsExactly("sbatch", "", "a b");
    assertThat(full.environment()).containsEntry("SLURM_JOB_ID", null).containsEntry("A", "1");
    assertThat(full.input()).containsExactly(1, 2);
    assertThat(full.timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(bare.environment()).isEmpty();
    assertThat(bare.input()).isEmpty();
  }

  @Test
  void whatNoProgramCanBeGivenIsRefused() {
    assertThatExceptionOfType(InvalidJob.class).isThrownBy(() -> Command.of());
    assertThatExceptionOfType(InvalidJob.class).isThrownBy(() -> Command.of("a", "b\0"));
    Command command = Command.of("qsub");
    for (Map<String, String> bad :
        List.of(Map.of("", "x"), Map.of("A=B", "x"), Map.of("A", "\0"), Map.of("A\0", ""))) {
      assertThatExceptionOfType(InvalidJob.class)
          .isThrownBy(() -> command.withEnvironment(bad))
          .withMessageContaining("qsub");
    }
    assertThatIllegalArgumentException().isThrownBy(() -> command.withTimeout(Duration.ZERO));
  }
}
