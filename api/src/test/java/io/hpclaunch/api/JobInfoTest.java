// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobInfoTest {
  @Test
  void aBuilderOfAnObservationMakesTheSame() {
    List<String> nodes = new ArrayList<>(List.of("n1", "n2"));
    JobInfo info = JobInfo.builder(JobState.RUNNING)
        .failed(Cause.OUT_OF_MEMORY)
        .exitCode(0)
        .signal(9)
        .nativeState("OUT_OF_MEMORY")
        .reason("oom")
        .submitted(Instant.EPOCH)
        .started(Instant.EPOCH.plusSeconds(1))
        .ended(Instant.EPOCH.plusSeconds(2))
        .attempt(2)
        .nodes(nodes)
        .wallTime(Duration.ofSeconds(1))
        .cpuTime(Duration.ofSeconds(4))
        .peakMemory(1024L)
        .allocatedCpus(4)
        .allocatedMemory(4096L)
        .build();
    assertThat(info).hasNoNullFieldsOrProperties();
    assertThat(info.toBuilder().build()).isEqualTo(info);
    nodes.clear();
    assertThat(info.nodes()).containsExactly("n1", "n2").isUnmodifiable();
  }

  @Test
  void onlyFailedHasACause() {
    JobInfo failed = JobInfo.builder(JobState.QUEUED).failed(Cause.TIMEOUT).build();
    assertThat(failed.state()).isEqualTo(JobState.FAILED);
    assertThat(failed.toBuilder().state(JobState.LOST).build().cause()).isNull();
    assertThat(failed.toBuilder().state(JobState.FAILED).build().cause()).isEqualTo(Cause.TIMEOUT);
    JobInfo.Builder cancelled = failed.toBuilder().state(JobState.CANCELLED);
    assertThat(cancelled.build().cause()).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new JobInfo(
            JobState.COMPLETED,
            null,
            null,
            Cause.SIGNAL,
            null,
            null,
            null,
            null,
            null,
            1,
            null,
            null,
            null,
            null,
            null,
            null));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> JobInfo.builder(JobState.QUEUED).attempt(0).build());
  }

  @ParameterizedTest
  @CsvSource({
    "QUEUED, PENDING, false",
    "HELD, PENDING, false",
    "RUNNING, RUNNING, false",
    "SUSPENDED, RUNNING, false",
    "COMPLETED, COMPLETED, true",
    "FAILED, FAILED, true",
    "CANCELLED, FAILED, true",
    "LOST, FAILED, true",
    "UNKNOWN, PENDING, false"
  })
  void statesFoldIntoPhases(JobState state, JobState.Phase phase, boolean isFinal) {
    assertThat(state.phase()).isEqualTo(phase);
    assertThat(state.isFinal()).isEqualTo(isFinal);
  }

  @Test
  void elementsOfAnArrayAreCopiedInOrder() {
    Map<Integer, JobInfo> elements = new TreeMap<>();
    JobInfo info = JobInfo.builder(JobState.RUNNING).build();
    elements.put(10, info);
    elements.put(2, info);
    Observation.SeenArray seen = new Observation.SeenArray(elements);
    elements.clear();
    assertThat(seen.elements().keySet()).containsExactly(2, 10);
  }

  @Test
  void anErrorIsOneLineWhateverIsQuoted() {
    assertThat(new InvalidJob("a\nb\u001b[31m größe\0"))
        .hasMessage("a\\nb\\u001b[31m größe\\u0000");
  }
}
