// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExitRecordTest {
  private static final String WHOLE = """
      v=1
      token=h3k9x2m7qv
      native=4711
      index=-
      attempt=2
      host=n1
      started=1763695200.123
      ended=1763695260.456
      status=3
      signal=-
      cause=-
      reason=-
      cpu_ms=1200
      peak_kb=20480
      end
      """;

  @Test
  void everyPartIsRead() {
    JobInfo info = ExitRecord.parse(WHOLE).orElseThrow().toInfo();
    assertThat(info)
        .isEqualTo(JobInfo.builder(JobState.FAILED)
            .failed(Cause.EXIT_CODE)
            .exitCode(3)
            .attempt(2)
            .nodes(List.of("n1"))
            .started(Instant.ofEpochMilli(1763695200123L))
            .ended(Instant.ofEpochMilli(1763695260456L))
            .wallTime(Duration.ofMillis(60333))
            .cpuTime(Duration.ofMillis(1200))
            .peakMemory(20480L * 1024)
            .build());
  }

  @Test
  void cutAtAnyByteItDoesNotExist() {
    for (int length = 0; length < WHOLE.length(); length++) {
      assertThat(ExitRecord.parse(WHOLE.substring(0, length))).isEmpty();
    }
  }

  @Test
  void keysThatAreNotKnownArePassedOver() {
    assertThat(ExitRecord.parse(WHOLE.replace("cpu_ms", "gpu=1\nnonsense\n=x\ncpu_ms")))
        .isEqualTo(ExitRecord.parse(WHOLE));
  }

  @Test
  void aReasonMayHoldAnything() {
    String text = WHOLE.replace("reason=-", "reason=a=b end=c ü");
    assertThat(ExitRecord.parse(text).orElseThrow().reason()).isEqualTo("a=b end=c ü");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=2",
        "v=-",
        "token=-",
        "native=-",
        "attempt=0",
        "attempt=-",
        "status=256",
        "status=x",
        "status=-1",
        "status=-",
        "signal=0",
        "index=1.5",
        "started=1e999999999",
        "cpu_ms=lots",
        "attempt=99999999999999",
        "peak_kb=99999999999999999999"
      })
  void whatIsDamagedIsTold(String line) {
    String key = line.substring(0, line.indexOf('=') + 1);
    String text = WHOLE.replaceFirst("(?m)^" + key + ".*$", line);
    assertThatThrownBy(() -> ExitRecord.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exit record");
  }

  @ParameterizedTest
  @CsvSource({
    "0, -, -, COMPLETED,",
    "137, 9, -, FAILED, SIGNAL",
    "1, -, launch, FAILED, LAUNCH",
    "0, -, timeout, FAILED, TIMEOUT",
    "143, 15, cancelled, CANCELLED,",
    "0, -, out_of_memory, FAILED, OUT_OF_MEMORY",
    "0, -, new_word, FAILED, EXIT_CODE"
  })
  void statusSignalAndCauseMakeTheState(
      String status, String signal, String cause, JobState state, Cause expected) {
    String text = WHOLE
        .replace("status=3", "status=" + status)
        .replace("signal=-", "signal=" + signal)
        .replace("cause=-", "cause=" + cause);
    JobInfo info = ExitRecord.parse(text).orElseThrow().toInfo();
    assertThat(info.state()).isEqualTo(state);
    assertThat(info.cause()).isEqualTo(expected);
    assertThat(info.exitCode() == null).isEqualTo(!signal.equals("-"));
  }

  @Test
  void aClockThatWasSetBackGivesNoWallTime() {
    String text = WHOLE.replace("ended=1763695260.456", "ended=1763695100.0");
    assertThat(ExitRecord.parse(text).orElseThrow().toInfo().wallTime()).isNull();
  }
}
