// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WalltimesTest {
  @ParameterizedTest
  @CsvSource({
    "04:00:00, 14400",
    "4:00:00, 14400",
    "00:00:01, 1",
    "100:00:00, 360000",
    "2-03:04:05, 183845",
    "0-00:00:01, 1",
    "1-30:00:00, 194400",
    "90:00, 5400",
    "00:30, 30",
    "9999999:59:59, 35999999999",
    "' 01:00:00 ', 3600"
  })
  void formsThatSlurmAndPbsShare(String text, long seconds) {
    assertThat(Walltimes.parse(text)).isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "60, has no unit",
    "'', is not",
    "1h, is not",
    "01:60:00, is not",
    "01:00:60, is not",
    "00:60, is not",
    "1:2:3, is not",
    "-01:00:00, is not",
    "00:00:01.5, is not",
    "1-00:00, is not",
    "00:00:00, is zero",
    "00:00, is zero",
    "UNLIMITED, leave it out",
    "infinite, leave it out",
    "999999999999:00:00, is not"
  })
  void allElseIsRefused(String text, String message) {
    assertThatExceptionOfType(InvalidJob.class)
        .isThrownBy(() -> Walltimes.parse(text))
        .withMessageContaining("'" + text + "'")
        .withMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"PT0.001S, 00:00:01", "PT59.5S, 00:01:00", "PT24H, 24:00:00", "P10D, 240:00:00"})
  void partsOfASecondAreRoundedUpAndDaysDoNotWrap(Duration walltime, String text) {
    assertThat(Walltimes.format(walltime)).isEqualTo(text);
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      Duration walltime = Duration.ofSeconds(1 + random.nextInt(Integer.MAX_VALUE));
      assertThat(Walltimes.parse(Walltimes.format(walltime))).isEqualTo(walltime);
    }
  }
}
