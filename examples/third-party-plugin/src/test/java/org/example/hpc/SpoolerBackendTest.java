// SPDX-License-Identifier: Apache-2.0
package org.example.hpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.SubmitRequest;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.CommandFailed;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the backend makes of tsp's answers, good and bad. */
class SpoolerBackendTest {
  /** What {@code tsp -l} of task-spooler 1.0.1 prints; other people's jobs carry other labels. */
  private static final String LISTING =
      """
      ID   State      Output               E-Level  Times(r/u/s)   Command [run=1/1]
      3    running    stdout                                       [running0]sh -c cd "$0"
      4    queued     stdout                                       [queued000]sh -c cd "$0"
      5    queued     (file)                                       [other]make [fake0000]
      0    finished   stdout               0        0.00/0.00/0.00 [success0]sh -c cd "$0"
      1    finished   stdout               3        0.01/0.00/0.00 [failure0]sh -c cd "$0"
      2    finished   stdout               -1       0.00/0.00/0.00 [killed00]sh -c cd "$0"
      6    frozen     stdout                                       [strange0]sh -c cd "$0"
      """;

  private final Transport transport = mock(Transport.class);
  private final SpoolerBackend backend = new SpoolerBackend();

  @BeforeEach
  void initialize() {
    BackendContext context = mock(BackendContext.class);
    when(context.transport()).thenReturn(transport);
    backend.initialize(context);
  }

  @Test
  void readsEveryStateOfTheListing() throws Exception {
    answer(0, LISTING, "");
    assertThat(info("running0").state()).isEqualTo(JobState.RUNNING);
    assertThat(info("queued000").state()).isEqualTo(JobState.QUEUED);
    assertThat(info("success0"))
        .isEqualTo(ended(JobState.COMPLETED).exitCode(0).build());
    assertThat(info("failure0"))
        .isEqualTo(ended(JobState.FAILED).exitCode(3).build());
    assertThat(info("killed00"))
        .isEqualTo(ended(JobState.FAILED).build());
  }

  @Test
  void aStateThatItDoesNotKnowIsUnknownWithItsText() throws Exception {
    answer(0, LISTING, "");
    assertThat(info("strange0"))
        .isEqualTo(JobInfo.builder(JobState.UNKNOWN).nativeState("frozen").build());
  }

  @Test
  void whatIsNotListedIsNotKnown() throws Exception {
    answer(0, LISTING, "");
    assertThat(query("absent00")).isInstanceOf(Observation.NotKnown.class);
    assertThat(query("fake0000")).isInstanceOf(Observation.NotKnown.class);
  }

  @Test
  void aQueryThatFailedSaysNothingOfAnyJob() throws Exception {
    answer(255, "", "The server didn't come up.\n");
    assertThat(query("running0"))
        .isEqualTo(Observation.notAnswered("tsp: The server didn't come up."));
    doThrow(new BackendUnavailable("no way to the host")).when(transport).run(any());
    assertThat(query("running0")).isEqualTo(Observation.notAnswered("no way to the host"));
  }

  @Test
  void aRefusalIsToldInTheSpoolersWords() throws Exception {
    answer(2, "", "Error, queue full\n");
    assertThatThrownBy(() -> backend.submit(request()))
        .isInstanceOf(Rejected.class)
        .hasMessage("tsp: Error, queue full");
  }

  @Test
  void aSubmissionThatTimedOutHasAnUnknownOutcome() throws Exception {
    doThrow(new CommandFailed(CommandFailed.Fate.TIMED_OUT, "tsp took longer than 60 s", null))
        .when(transport)
        .run(any());
    SubmitRequest request = request();
    assertThatThrownBy(() -> backend.submit(request))
        .isInstanceOfSatisfying(OutcomeUnknown.class, e -> assertThat(e.token())
            .isEqualTo(request.token()));
  }

  private void answer(int status, String out, String err) throws Exception {
    CommandResult result = new CommandResult(
        status, out.getBytes(StandardCharsets.UTF_8), err.getBytes(StandardCharsets.UTF_8));
    when(transport.run(any())).thenReturn(result);
  }

  private Observation query(String label) {
    NativeId id = NativeId.of(label);
    return backend.query(List.of(id)).get(id);
  }

  private JobInfo info(String label) {
    return ((Observation.Seen) query(label)).info();
  }

  private static JobInfo.Builder ended(JobState state) {
    return JobInfo.builder(state).nativeState("finished");
  }

  private static SubmitRequest request() {
    return SpoolerIntegrationTest.request(Token.random(), "/nowhere", "script");
  }
}
