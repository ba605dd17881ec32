// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.config.BackendEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The entry's configuration, and what of it goes along with a submission. */
class ShellConfigTest {
  private static ShellConfig read(Map<String, ?> config) {
    BackendEntry entry = BackendEntry.of("shell", Map.of("config", config));
    entry.check(new ShellBackend().configKeys());
    return ShellConfig.of(entry.config());
  }

  @Test
  void withoutConfigurationTheMachineDecides() {
    assertThat(read(Map.of()))
        .isEqualTo(new ShellConfig(null, null, null, null, false, Duration.ofSeconds(5)));
    assertThat(JobLine.options(read(Map.of()))).isEmpty();
  }

  @Test
  void everyKeyIsRead() {
    ShellConfig config = read(Map.of(
        "root",
        "/scratch/me//",
        "slots",
        4,
        "gpus",
        List.of(0, "GPU-1f"),
        "memory",
        "1.5G",
        "oversubscribe",
        true,
        "kill_grace",
        "00:00:30"));
    assertThat(config)
        .isEqualTo(new ShellConfig(
            "/scratch/me", 4, List.of("0", "GPU-1f"), 1536L << 20, true, Duration.ofSeconds(30)));
    assertThat(JobLine.options(config))
        .containsExactly("--slots", "4", "--gpus", "0,GPU-1f", "--memory", "1572864");
  }

  @Test
  void noGpusCanBeWrittenInTwoWays() {
    assertThat(gpus("none")).containsExactly("--slots", "-", "--gpus", "none", "--memory", "-");
    assertThat(gpus(List.of())).isEqualTo(gpus("none"));
    assertThat(gpus("2 3")).containsExactly("--slots", "-", "--gpus", "2,3", "--memory", "-");
    assertThat(gpus(0)).containsExactly("--slots", "-", "--gpus", "0", "--memory", "-");
  }

  private static List<String> gpus(Object value) {
    return JobLine.options(read(Map.of("gpus", value)));
  }

  /** Who has a queue for itself says that there are none, too. */
  @Test
  void limitsAreSaidInFull() {
    assertThat(JobLine.limits(read(Map.of())))
        .containsExactly("--slots", "-", "--gpus", "-", "--memory", "-");
  }

  @Test
  void whatCannotBeUsedIsNamed() {
    List.of(
            Map.of("slots", 0),
            Map.of("slots", -1),
            Map.of("root", "relative"),
            Map.of("root", "~/shell"),
            Map.of("gpus", List.of("none", "0")),
            Map.of("gpus", List.of("0,1")),
            Map.of("gpus", List.of("\u0661")),
            Map.of("memory", "lots"),
            Map.of("memory", 16),
            Map.of("kill_grace", "soon"))
        .forEach(config -> assertThatThrownBy(() -> read(config))
            .isInstanceOf(InvalidConfiguration.class)
            .hasMessageContaining(config.keySet().iterator().next()));
  }

  @Test
  void anIdFollowsFromTheTokenAlone() {
    Token token = new Token("h0000001token");
    assertThat(JobLine.id(token))
        .isEqualTo(JobLine.id(new Token("h0000001token")))
        .isNotEqualTo(JobLine.id(new Token("h0000001tokem")))
        .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }
}
