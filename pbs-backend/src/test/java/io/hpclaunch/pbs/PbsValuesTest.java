// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PbsValuesTest {
  @Test
  void timesAreUtcOrSeconds() {
    Instant expected = Instant.parse("2026-11-21T01:47:54Z");
    assertThat(PbsValues.instant("Sat Nov 21 01:47:54 2026")).isEqualTo(expected);
    assertThat(PbsValues.instant("Sun Mar  1 00:00:00 2026\n")).isEqualTo("2026-03-01T00:00:00Z");
    assertThat(PbsValues.instant(String.valueOf(expected.getEpochSecond()))).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-5",
        "<various>",
        "Sat Nov 21 01:47:54",
        "Sat Foo 21 01:47:54 2026",
        "Sat ovD 21 01:47:54 2026",
        "Sat Nov 31 01:47:54 2026",
        "Sat Nov 21 x 2026",
        "never"
      })
  void whatIsNoTimeIsNone(String text) {
    assertThat(PbsValues.instant(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "00:00:05, PT5S",
    "335:34:49, PT335H34M49S",
    "00:20:00:00, PT20H",
    "01:00:00:01, PT24H1S",
    "10:30, PT10M30S",
    "3600, PT1H",
    "00:00:05.98, PT5S",
    "UNLIMITED,",
    "1:2:3:4:5,",
    "-00:00:05,",
    "'',",
  })
  void durationsHaveUpToFourParts(String text, Duration expected) {
    assertThat(PbsValues.duration(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "7380kb, 7557120",
    "0kb, 0",
    "8gb, 8589934592",
    "16777216kb, 17179869184",
    "100mb, 104857600",
    "1TB, 1099511627776",
    "1024, 1024",
    "10b, 10",
    "2w, 16",
    "1kw, 8192",
    "kb,",
    "-1kb,",
    "12zz,",
    "999999999999999pb,",
    "'',",
  })
  void sizesAreInPowersOf1024(String text, Long expected) {
    assertThat(PbsValues.bytes(text)).isEqualTo(expected);
  }

  @Test
  void aListOfVariablesEndsValuesAtPlainCommasOnly() {
    assertThat(PbsVariables.list("A=1,B=a\\,b,C=end\\\\,D=\\\"q\\\",E=,F=x=y"))
        .isEqualTo(Map.of("A", "1", "B", "a,b", "C", "end\\", "D", "\"q\"", "E", "", "F", "x=y"));
    assertThat(PbsVariables.list("")).isEmpty();
    assertThat(PbsVariables.list(",,=x,noequals,A=\\")).isEqualTo(Map.of("A", "\\"));
  }
}
