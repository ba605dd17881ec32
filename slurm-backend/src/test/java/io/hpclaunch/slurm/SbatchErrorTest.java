// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.slurm.SbatchError.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What sbatch 22.05.8 said. */
class SbatchErrorTest {
  private static final String POLICY = "sbatch: error: Batch job submission failed: Job violates"
      + " accounting/QOS policy (job submit limit, user's size and/or time limits)\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | sbatch: error: invalid partition specified: nosuch@sbatch: error: Batch job submission"
            + " failed: Invalid partition name specified | invalid partition specified: nosuch;"
            + " Invalid partition name specified",
        "1 | sbatch: error: Batch job submission failed: Invalid account or account/partition"
            + " combination specified | Invalid account or account/partition combination specified",
        "255 | sbatch: error: Invalid --time specification | Invalid --time specification",
        "255 | sbatch: unrecognized option '--nosuchoption'@Try \"sbatch --help\" for more information"
            + " | unrecognized option '--nosuchoption'",
        "255 | Invalid time specification (pos=0): bogus@sbatch: error: Invalid --begin specification"
            + " | Invalid time specification (pos=0): bogus; Invalid --begin specification",
        "1 | sbatch: error: Unable to open file /nonexistent.sh | Unable to open file /nonexistent.sh",
        "1 | sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or"
            + " exceeds some limit) | Requested time limit is invalid (missing or exceeds some limit)",
      })
  void aRefusalIsToldInOneLineOfSlurmsOwnWords(int status, String stderr, String words) {
    SbatchError error = SbatchError.of(status, stderr.replace('@', '\n') + "\n");
    assertThat(error.kind()).isEqualTo(Kind.REFUSED);
    assertThat(error.words()).isEqualTo(words);
    assertThat(error.exception(Token.random())).isInstanceOf(Rejected.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QOSMaxSubmitJobPerUserLimit",
        "QOSGrpSubmitJobsLimit",
        "AssocMaxSubmitJobLimit",
        "AssocGrpSubmitJobsLimit",
        "MaxSubmitJobsPerAccount"
      })
  void aSubmitLimitLeavesNoRoom(String word) {
    SbatchError error = SbatchError.of(1, "sbatch: error: " + word + "\n" + POLICY);
    assertThat(error.kind()).isEqualTo(Kind.NO_ROOM);
    assertThat(error.words()).startsWith(word + "; Job violates accounting/QOS policy");
    assertThat(error.exception(Token.random()))
        .isInstanceOfSatisfying(Rejected.class, e -> assertThat(e.isNoRoom()).isTrue());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "QOSMaxWallDurationPerJobLimit",
        "QOSMaxCpuPerJobLimit",
        "QOSMaxCpuPerUserLimit",
        "AssocMaxWallDurationPerJobLimit"
      })
  void anotherLimitOfTheSamePolicyIsARefusal(String word) {
    assertThat(SbatchError.of(1, "sbatch: error: " + word + "\n" + POLICY).kind())
        .isEqualTo(Kind.REFUSED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n",
        "sbatch: error: Batch job submission failed: Resource temporarily unavailable\n",
        POLICY
      })
  void aFullQueueLeavesNoRoom(String stderr) {
    assertThat(SbatchError.of(1, stderr).kind()).isEqualTo(Kind.NO_ROOM);
  }

  @Test
  void aControllerThatIsDownWasSurelyNotReached() {
    SbatchError error = SbatchError.of(
        1,
        "sbatch: error: Batch job submission failed: Unable to"
            + " contact slurm controller (connect failure)\n");
    assertThat(error.kind()).isEqualTo(Kind.UNREACHABLE);
    assertThat(error.exception(Token.random()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("Unable to contact slurm controller (connect failure)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation\n",
        "sbatch: error: Batch job submission failed: Zero Bytes were transmitted or received\n",
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller (receive failure)\n",
        "sbatch: error: Batch job submission failed: Unable to contact slurm controller (send failure)\n"
      })
  void anAnswerThatWasLostProvesNothing(String stderr) {
    Token token = Token.random();
    SbatchError error = SbatchError.of(1, stderr);
    assertThat(error.kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(error.exception(token))
        .isInstanceOfSatisfying(OutcomeUnknown.class, e -> assertThat(e.token()).isEqualTo(token));
  }

  /** Seen on 22.05, where slurmctld was killed when the request was on its way. */
  @Test
  void aConnectionThatBrokeProvesNothing() {
    String sent = """
        sbatch: error: slurm_msg_sendto: address:port=127.0.0.1:25640 msg_type=4003: Unexpected missing socket error
        sbatch: error: Batch job submission failed: Unexpected missing socket error
        """;
    String again = """
        sbatch: error: slurm_receive_msg [127.0.0.1:6817]: Connection reset by peer
        sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)
        """;
    assertThat(SbatchError.of(1, sent).kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(SbatchError.of(1, again).kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 137, 143, 130, 2})
  void anEndWithoutWordsProvesNothing(int status) {
    assertThat(SbatchError.of(status, "").kind()).isEqualTo(Kind.OUTCOME_UNKNOWN);
    assertThat(SbatchError.of(status, " \n").words()).contains("status " + status);
  }

  @Test
  void theWordsAreOneShortLine() {
    String words =
        SbatchError.of(1, "a\u0007b\r\n" + "x".repeat(100_000) + "\n").words();
    assertThat(words).startsWith("a b; xx").hasSizeLessThan(600).doesNotContain("\n");
  }
}
