// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ConfigKey;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.core.config.BackendEntry;
import io.hpclaunch.core.scheduler.SchedulerCommands;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbsConfigTest {
  private static PbsConfig config(Map<String, ?> config) {
    return PbsConfig.of(BackendEntry.of("pbs", Map.of("config", config)).config());
  }

  @Test
  void whatIsNotSaidIsAsked() {
    PbsConfig plain = config(Map.of());
    assertThat(plain.dialect()).isNull();
    assertThat(plain.history()).isNull();
    assertThat(plain.gpuType()).isEqualTo("gpu_type");
    assertThat(plain.commandLimit()).isEqualTo(Duration.ofSeconds(90));
    assertThat(plain.submitLimit()).isEqualTo(Duration.ofMinutes(5));
    assertThat(plain.commands(null).folder()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "openpbs, OPENPBS",
    "OpenPBS, OPENPBS",
    "pbspro, OPENPBS",
    "pbs, OPENPBS",
    "torque, TORQUE",
    "TORQUE, TORQUE"
  })
  void dialectsByName(String word, Dialect dialect) {
    assertThat(config(Map.of("dialect", word)).dialect()).isEqualTo(dialect);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sge", "slurm", "", " openpbs"})
  void anotherDialectIsRefused(String word) {
    assertThatThrownBy(() -> config(Map.of("dialect", word)))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining("dialect is openpbs or torque, and not '" + word + "'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"command_timeout", "submit_timeout"})
  void limitsAreMoreThanZero(String key) {
    assertThatThrownBy(() -> config(Map.of(key, "00:00:00")))
        .isInstanceOf(InvalidConfiguration.class)
        .hasMessageContaining(key);
    PbsConfig both = config(Map.of("command_timeout", 7, "submit_timeout", "00:02:00"));
    assertThat(both.commandLimit()).isEqualTo(Duration.ofSeconds(7));
    assertThat(both.submitLimit()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void commandsAreFoundInTheFolderOfTheConfigurationBeforeThatOfTheInstallation() {
    assertThat(config(Map.of()).commands("/opt/pbs").folder()).isEqualTo("/opt/pbs/bin");
    assertThat(config(Map.of("bin", "/b")).commands("/opt/pbs").folder()).isEqualTo("/b");
  }

  /** The times that PBS tells name no zone, and its words are matched. */
  @Test
  void questionsAreAskedInUtcAndEnglishOfTheServerThatIsConfigured() {
    SchedulerCommands.Settings settings =
        config(Map.of("server", "s1", "conf_file", "/etc/other.conf")).commands(null);
    assertThat(settings.own())
        .containsOnly(
            Map.entry("PBS_SERVER", "s1"),
            Map.entry("PBS_DEFAULT", "s1"),
            Map.entry("PBS_CONF_FILE", "/etc/other.conf"));
    assertThat(settings.asking()).containsOnly(Map.entry("TZ", "UTC"), Map.entry("LC_ALL", "C"));
    assertThat(config(Map.of()).commands(null).own()).isEmpty();
  }

  @Test
  void everyKeyIsDeclared() {
    assertThat(PbsConfig.KEYS)
        .extracting(ConfigKey::name)
        .containsExactlyInAnyOrder(
            "dialect",
            "bin",
            "conf_file",
            "server",
            "history",
            "project",
            "group_list",
            "gpu_type",
            "command_timeout",
            "submit_timeout")
        .hasSize(Arrays.stream(PbsConfig.class.getRecordComponents()).toList().size());
  }
}
