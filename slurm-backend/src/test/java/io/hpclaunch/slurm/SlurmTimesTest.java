// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmTimesTest {
  @ParameterizedTest
  @CsvSource({
    "00:00.005, PT0.005S",
    "00:02.891, PT2.891S",
    "00:00:00, PT0S",
    "1-02:03:04, PT26H3M4S",
    "1-02:03:04.5, PT26H3M4.5S",
    "7-00:00:00, PT168H",
    "01:00, PT1M",
    "1:00:00, PT1H",
    "77, PT1M17S",
    "0, PT0S",
  })
  void readsDurations(String text, Duration duration) {
    assertThat(SlurmTimes.duration(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "UNLIMITED",
        "INVALID",
        "N/A",
        "Partition_Limit",
        ":",
        "1:",
        ":1",
        "-1",
        "1-",
        "1:2:3:4",
        "00:02,891",
        "٣:٠٠",
        "1e3",
        "00:00.",
        "0.1234567890",
        "9999999999999"
      })
  void whatIsNoDurationIsNone(String text) {
    assertThat(SlurmTimes.duration(text)).isNull();
  }

  @Test
  void aBareNumberIsNoLimit() {
    assertThat(SlurmTimes.limit("60")).isNull();
    assertThat(SlurmTimes.limit("1:00")).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void readsSecondsAndLocalTimes() {
    assertThat(SlurmTimes.instant("1795255044")).isEqualTo(Instant.ofEpochSecond(1795255044));
    assertThat(SlurmTimes.instant("2026-07-01T01:41:10", ZoneId.of("Europe/Berlin")))
        .isEqualTo(Instant.parse("2026-06-30T23:41:10Z"));
    assertThat(SlurmTimes.instant("1795255044", ZoneId.of("Europe/Berlin")))
        .isEqualTo(Instant.ofEpochSecond(1795255044));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Unknown", "None", "N/A", "0", "-5", "2026-11-21T", "T", "Tomorrow"})
  void whatIsNoTimeIsNone(String text) {
    assertThat(SlurmTimes.instant(text)).isNull();
    assertThat(SlurmTimes.instant(text, ZoneId.of("UTC"))).isNull();
  }
}
