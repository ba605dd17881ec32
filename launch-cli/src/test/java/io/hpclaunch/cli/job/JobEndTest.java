// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JobEndTest {
  @ParameterizedTest
  @CsvSource({
    "EXIT_CODE, 7, , 7",
    "SIGNAL, , 9, 137",
    "TIMEOUT, , 15, 124",
    "TIMEOUT, 0, , 124",
    "OUT_OF_MEMORY, 0, , 1", // the scheduler's state beats the exit code
    "OUT_OF_MEMORY, , 9, 137",
    "LAUNCH, 127, , 127",
    "NODE_FAIL, , , 1"
  })
  void aFailureHasItsStatus(Cause cause, Integer code, Integer signal, int status) {
    JobInfo info = JobInfo.builder(JobState.FAILED)
        .failed(cause)
        .exitCode(code)
        .signal(signal)
        .build();
    assertThat(JobEnd.status(info)).isEqualTo(status);
  }

  @Test
  void aLostJobIsNoSuccessWhateverItsCode() {
    assertThat(JobEnd.status(JobInfo.builder(JobState.LOST).exitCode(0).build()))
        .isEqualTo(1);
    assertThat(JobEnd.status(JobInfo.builder(JobState.LOST).exitCode(5).build()))
        .isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Cause.class)
  void everyCauseHasWordsAndARemedy(Cause cause) {
    JobInfo info = JobInfo.builder(JobState.FAILED).failed(cause).build();
    assertThat(JobEnd.words(info)).startsWith("failed: ");
    assertThat(explained(info, ALL).remedy()).isNotBlank();
  }

  @ParameterizedTest
  @EnumSource(JobState.class)
  void everyStateHasAMeaning(JobState state) {
    assertThat(explained(JobInfo.builder(state).build(), ALL).meaning()).endsWith(".");
  }

  @Test
  void aRequestThatCanNeverRunIsRecognised() {
    JobInfo info =
        JobInfo.builder(JobState.QUEUED).reason("Can Never Run: ncpus").build();
    assertThat(explained(info, ALL).remedy()).contains("cancel");
  }

  private static final Capabilities ALL = Capabilities.of(Capability.values());

  private static Explanation explained(JobInfo info, Capabilities can) {
    return new Explainer(info, can, "hpc logs k8s:1").explanation();
  }

  @ParameterizedTest
  @CsvSource({
    "TIMEOUT,   --warn",
    "PREEMPTED, queue",
    "LAUNCH,    module",
    "LAUNCH,    output",
  })
  void noAdviceIsGivenThatTheBackendCannotFollow(Cause cause, String word) {
    JobInfo info = JobInfo.builder(JobState.FAILED).failed(cause).build();
    assertThat(explained(info, ALL).toString()).contains(word);
    assertThat(explained(info, Capabilities.of()).toString()).doesNotContain(word);
  }

  @Test
  void anOutputThatIsInNoFileIsNamedByItsCommand() {
    JobInfo info =
        JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE).exitCode(1).build();
    assertThat(explained(info, Capabilities.of()).remedy()).contains("'hpc logs k8s:1'");
    assertThat(explained(info, ALL).remedy()).isEqualTo("look at its output");
  }
}
