// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmStatesTest {
  @ParameterizedTest
  @CsvSource({
    "BOOT_FAIL, BF, FAILED, NODE_FAIL",
    "CANCELLED, CA, CANCELLED,",
    "COMPLETED, CD, COMPLETED,",
    "COMPLETING, CG, RUNNING,",
    "CONFIGURING, CF, QUEUED,",
    "DEADLINE, DL, FAILED, TIMEOUT",
    "FAILED, F, FAILED, EXIT_CODE",
    "NODE_FAIL, NF, FAILED, NODE_FAIL",
    "OUT_OF_MEMORY, OOM, FAILED, OUT_OF_MEMORY",
    "PENDING, PD, QUEUED,",
    "PREEMPTED, PR, FAILED, PREEMPTED",
    "REQUEUED, RQ, QUEUED,",
    "REQUEUE_FED, RF, QUEUED,",
    "REQUEUE_HOLD, RH, HELD,",
    "RESIZING, RS, RUNNING,",
    "RESV_DEL_HOLD, RD, HELD,",
    "REVOKED, RV, CANCELLED,",
    "RUNNING, R, RUNNING,",
    "SIGNALING, SI, RUNNING,",
    "SPECIAL_EXIT, SE, HELD,",
    "STAGE_OUT, SO, RUNNING,",
    "STOPPED, ST, SUSPENDED,",
    "SUSPENDED, S, SUSPENDED,",
    "TIMEOUT, TO, FAILED, TIMEOUT",
    "EXPEDITING, EXPEDITING, QUEUED,",
    "LAUNCH_FAILED, LAUNCH_FAILED, FAILED, LAUNCH",
    "POWER_UP_NODE, POWER_UP_NODE, QUEUED,",
    "RECONFIG_FAIL, RECONFIG_FAIL, FAILED, NODE_FAIL",
    "REBOOT_FAIL, REBOOT_FAIL, FAILED, NODE_FAIL",
  })
  void everyStateHasItsPlace(String name, String brief, JobState state, Cause cause) {
    for (String text :
        new String[] {name, brief, name.toLowerCase(Locale.ROOT), " " + name + "\r"}) {
      SlurmStates.Reading reading = SlurmStates.read(text, null, null);
      assertThat(reading.state()).as(text).isEqualTo(state);
      assertThat(reading.cause()).as(text).isEqualTo(cause);
      assertThat(reading.begin().build().nativeState()).isEqualTo(text.strip());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "CANCELLED by 1000, CANCELLED",
    "CANCELLED+, CANCELLED",
    "OUT_OF_ME+, FAILED",
    "NODE_FAIL+, FAILED",
    "COMPLETED+, COMPLETED",
    "RUNN+, RUNNING",
  })
  void whatStandsBehindTheNameIsPassedOver(String text, JobState state) {
    assertThat(SlurmStates.read(text, null, null).state()).isEqualTo(state);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "+", "RE+", "COMPLET+", "?", "FUTURE_STATE", "RUNNING!", "0", "by"})
  void anythingElseIsUnknownWithItsText(String text) {
    SlurmStates.Reading reading = SlurmStates.read(text, null, null);
    assertThat(reading.state()).isEqualTo(JobState.UNKNOWN);
    assertThat(reading.cause()).isNull();
    assertThat(reading.text()).isEqualTo(text.strip());
  }

  @Test
  void caseDoesNotDependOnTheLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR"));
      assertThat(SlurmStates.read("pending", null, null).state()).isEqualTo(JobState.QUEUED);
      assertThat(SlurmStates.read("timeout", null, null).cause()).isEqualTo(Cause.TIMEOUT);
    } finally {
      Locale.setDefault(before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "JobHeldUser",
        "JobHeldAdmin",
        "JobHoldMaxRequeue",
        "launch failed requeued held",
        "launch_failed_requeued_held"
      })
  void whatWaitsForSomebodyToReleaseItIsHeld(String reason) {
    assertThat(SlurmStates.read("PENDING", reason, null).state()).isEqualTo(JobState.HELD);
    assertThat(SlurmStates.read("PD", reason, null).state()).isEqualTo(JobState.HELD);
    assertThat(SlurmStates.read("RUNNING", reason, null).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void aDependencyThatCannotComeTrueLeavesTheJobQueued() {
    assertThat(SlurmStates.read("PENDING", "DependencyNeverSatisfied", null).state())
        .isEqualTo(JobState.QUEUED);
  }

  @Test
  void slurmsOwnCancelForADependencyIsAFailureAndAUsersIsNot() {
    assertThat(SlurmStates.read("CANCELLED", "DependencyNeverSatisfied", null).cause())
        .isEqualTo(Cause.DEPENDENCY);
    assertThat(
            SlurmStates.read("CANCELLED by 0", "DependencyNeverSatisfied", null).state())
        .isEqualTo(JobState.CANCELLED);
  }

  @ParameterizedTest
  @CsvSource({
    // state, exit of the job's row, cause, exit code, signal: sacct 22.05.8
    "FAILED, 3:0, EXIT_CODE, 3,",
    "FAILED, 0:9, SIGNAL, , 9",
    "FAILED, 0:11, SIGNAL, , 11",
    "FAILED, 11:0, EXIT_CODE, 11,",
    "FAILED, 0:53, LAUNCH, ,",
    "FAILED, 127:0, EXIT_CODE, 127,",
    "FAILED, 0:0, EXIT_CODE, ,",
    "TIMEOUT, 0:0, TIMEOUT, ,",
    "TIMEOUT, 0:15, TIMEOUT, ,",
    "OUT_OF_MEMORY, 0:125, OUT_OF_MEMORY, ,",
    "OUT_OF_MEMORY, 0:9, OUT_OF_MEMORY, , 9",
    "NODE_FAIL, 0:0, NODE_FAIL, ,",
    "PREEMPTED, 0:0, PREEMPTED, ,",
    "CANCELLED by 0, 0:0, , ,",
    "COMPLETED, 0:0, , 0,",
    "RUNNING, 0:0, , ,",
  })
  void endsCarryTheJobsOwnCodeAndSignalOnly(
      String state, String exit, Cause cause, Integer code, Integer signal) {
    SlurmExit ended = SlurmExit.parse(exit);
    SlurmStates.Reading reading = SlurmStates.read(state, null, ended);
    JobInfo.Builder info = reading.begin();
    SlurmStates.setExit(info, reading, ended);
    assertThat(info.build().cause()).isEqualTo(cause);
    assertThat(info.build().exitCode()).isEqualTo(code);
    assertThat(info.build().signal()).isEqualTo(signal);
  }

  @Test
  void waitStatusesTellTheWholeCode() {
    assertThat(SlurmExit.ofWaitStatus("65280")).isEqualTo(new SlurmExit(255, 0));
    assertThat(SlurmExit.ofWaitStatus("9")).isEqualTo(new SlurmExit(0, 9));
    assertThat(SlurmExit.ofWaitStatus("4021")).isEqualTo(new SlurmExit(15, 53));
    assertThat(SlurmExit.ofWaitStatus("0")).isEqualTo(new SlurmExit(0, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", "3", "3:", ":0", "-1:0", "a:b", "3:0:1", "９:0", "1234567:0", "4.0"})
  void whatIsNoExitIsNone(String text) {
    assertThat(SlurmExit.parse(text)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "0x9", "1.0", "1,0", "9999999", "N/A"})
  void whatIsNoWaitStatusIsNone(String text) {
    assertThat(SlurmExit.ofWaitStatus(text)).isNull();
  }
}
