// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.pbs.QsubError.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What qsub and qdel said: OpenPBS 23.06, and Torque 6 after its source. */
class PbsErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "12.vm",
        "12.vm\n",
        "Welcome!\n12.vm\r\n",
        "12.vm\nYou have used 7 of 10 hours\n",
        "11.vm\n12.vm\n\n",
        "12.vm\n2026\n",
        "99\n12.vm"
      })
  void theIdIsTheLastLineThatIsOne(String stdout) {
    assertThat(QsubAnswer.read(stdout)).isEqualTo(NativeId.of("12.vm"));
  }

  @Test
  void arraysAndIdsWithoutAServer() {
    assertThat(QsubAnswer.read("31[].vm\n")).isEqualTo(NativeId.of("31[].vm"));
    assertThat(QsubAnswer.read("92\n")).isEqualTo(NativeId.of("92"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "12[3].vm", "job 12.vm", "12.vm 13.vm", "3.14", "-12.vm"})
  void anythingElseIsNoId(String stdout) {
    assertThat(QsubAnswer.read(stdout)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "170 | qsub: Unknown queue | Unknown queue",
        "187 | qsub: Unknown resource Resource_List.nosuchres | Unknown resource Resource_List.nosuchres",
        "166 | qsub: Illegal attribute or resource value Resource_List.walltime"
            + " | Illegal attribute or resource value Resource_List.walltime",
        "2 | qsub: illegal -N value@usage: qsub [-a date_time]@ [-N jobname]@ qsub --version | illegal -N value",
        "2 | [qsub: illegal -l value]@@usage: qsub [-a date_time] | illegal -l value",
        "3 | qsub: Array job exceeds server or queue size limit | Array job exceeds server or queue size limit",
        "1 | qsub: cannot send environment with the job | cannot send environment with the job",
        "188 | qsub: Job violates queue and/or server resource limits"
            + " | Job violates queue and/or server resource limits",
      })
  void aRefusalIsToldInOneLineOfPbsOwnWords(int status, String stderr, String words) {
    QsubError error = QsubError.of(status, stderr.replace('@', '\n') + "\n");
    assertThat(error.kind()).isEqualTo(Kind.REFUSED);
    assertThat(error.words()).isEqualTo(words);
    assertThat(error.exception(Token.random())).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Maximum number of jobs already in queue workq",
        "Maximum number of jobs for user hpcuser already in complex",
        "Maximum number of jobs in 'Q' state already in queue workq",
        "would exceed queue workq's per-user limit",
        "would exceed complex's per-user limit of jobs in 'Q' state",
        "would exceed per-user limit on resource ncpus in queue workq",
        "would exceed user hpcuser's limit on resource ncpus in complex",
        "would exceed limit on resource ncpus in queue workq",
        "submit error (Maximum number of jobs already in queue for user MSG=total number of current"
            + " user's jobs exceeds the queue limit: user hpcuser, queue batch)",
      })
  void aSubmitLimitLeavesNoRoom(String words) {
    QsubError error = QsubError.of(198, "qsub: " + words + "\n");
    assertThat(error.kind()).isEqualTo(Kind.NO_ROOM);
    assertThat(error.exception(Token.random()))
        .isInstanceOfSatisfying(Rejected.class, e -> assertThat(e.isNoRoom()).isTrue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "162 | Connection refused@qsub: cannot connect to server vm (errno=15010)",
        "160 | Unknown Host.@qsub: cannot connect to server nosuchhost.invalid (errno=15008)",
        "255 | pbsconf error: pbs conf variables not found: PBS_HOME@qsub: cannot connect to server  (errno=0)",
        "111 | qsub: cannot connect to server head (errno=111) Connection refused",
        "212 | qsub: Request not allowed: Server shutting down",
        "127 | sh: 1: exec: /opt/pbs/bin/qsub: not found",
        "126 | bash: /opt/pbs/bin/qsub: Permission denied",
      })
  void aServerThatWasNotReachedTookNothing(int status, String stderr) {
    QsubError error = QsubError.of(status, stderr.replace('@', '\n'));
    assertThat(error.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(error.exception(Token.random())).isInstanceOf(BackendUnavailable.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | ''",
        "137 | ''",
        "1 | ''",
        "1 | our wrapper failed",
        "0 | qsub: warning",
        "1 | qsub: Connection timed out",
        "4 | qsub: submit error (End of File)",
      })
  void anEndThatProvesNothing(int status, String stderr) {
    QsubError error = QsubError.of(status, stderr);
    assertThat(error.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(error.words()).isNotEmpty();
    assertThat(error.exception(Token.random())).isInstanceOf(OutcomeUnknown.class);
    assertThat(QsubError.timedOut(stderr).kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "153 | qdel: Unknown Job Id 999999.vm",
        "35 | qdel: Unknown Job Id 999999.vm@qdel: Job has finished 1.vm",
        "0 | ''",
        "170 | qdel: Request invalid for state of job MSG=invalid state for job - COMPLETE 12.head",
      })
  void whatHasEndedNeedsNoDeletion(int status, String stderr) {
    assertThat(QdelError.refusal(status, stderr.replace('@', '\n'))).isEmpty();
  }

  @Test
  void aRefusalToDelete() {
    assertThat(
            QdelError.refusal(159, "qdel: Unknown Job Id 9.vm\nqdel: Unauthorized Request  1.vm\n"))
        .isEqualTo("Unauthorized Request  1.vm");
    assertThat(QdelError.refusal(1, "")).contains("status 1");
    assertThatExceptionOfType(BackendUnavailable.class)
        .isThrownBy(
            () -> QdelError.refusal(162, "Connection refused\nCouldn't connect to cluster: vm\n"));
  }
}
