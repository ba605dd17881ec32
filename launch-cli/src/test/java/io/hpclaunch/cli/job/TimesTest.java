// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidJob;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
  private static final Instant NOW = Instant.parse("2025-03-01T12:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "30d, PT720H",
    "1h30m, PT1H30M",
    "90s, PT90S",
    "0s, PT0S",
    "0, PT0S",
    "2w, PT336H",
    "00:05:00, PT5M",
    "5:00, PT5M",
    "1-00:00:00, PT24H",
    "999999999m, PT999999999M"
  })
  void lengthsAreRead(String text, Duration length) {
    assertThat(Times.duration("--x", text)).isEqualTo(length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "5", "-5s", "5 s", "1m2h", "5y", "1.5h", "1:2:3:4", "s"})
  void otherLengthsAreRefused(String text) {
    assertThatThrownBy(() -> Times.duration("--x", text)).isInstanceOf(InvalidJob.class);
  }

  @ParameterizedTest
  @CsvSource({
    "2h, 2025-03-01T10:00:00Z",
    "2025-02-28, 2025-02-27T23:00:00Z",
    "2025-02-28T08:30, 2025-02-28T07:30:00Z",
    "2025-02-28 08:30:15, 2025-02-28T07:30:15Z",
    "2025-02-28T08:30:00Z, 2025-02-28T08:30:00Z",
    "2025-02-28T08:30:00-05:00, 2025-02-28T13:30:00Z"
  })
  void timesAreReadInTheZoneOfTheUser(String text, Instant time) {
    assertThat(Times.since(text, NOW, ZoneId.of("Europe/Berlin"))).isEqualTo(time);
  }

  @Test
  void anExactTimeHasSecondsAndItsZone() {
    Instant time = Instant.parse("2025-02-28T08:30:15.9Z");
    String shown = Times.exact(time);
    assertThat(shown).matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d [+-]\\d\\d:\\d\\d");
    assertThat(
            OffsetDateTime.parse(shown.replaceFirst(" ", "T").replace(" ", "")).toInstant())
        .isEqualTo(Instant.parse("2025-02-28T08:30:15Z"));
    assertThat(Times.exact(null)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2025-02-30", "2025-02-28T25:00", "12:30", "5"})
  void otherTimesAreRefused(String text) {
    assertThatThrownBy(() -> Times.since(text, NOW, ZoneId.of("Europe/Berlin")))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("--since");
  }
}
