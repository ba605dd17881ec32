// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.hpclaunch.api.BackendContext;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Settings;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Command;
import io.hpclaunch.api.transport.CommandResult;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.config.BackendEntry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which commands are run, on a PBS that answers what the test says. */
class PbsCommandsTest {
  private static final String BIN = "/pbs/bin";
  private static final String OPENPBS = "pbs_version = 23.06.06";
  private static final String SERVER =
      "{\"Server\":{\"vm\":{\"max_array_size\":10000,\"job_history_enable\":\"True\"}}}";
  private static final String NO_JOBS = "{\"timestamp\":1}";

  /** What the transport is asked, but for the versions and the server. */
  private final List<String> calls = new ArrayList<>();

  private final Map<String, CommandResult> answers = new LinkedHashMap<>();
  private final PbsBackend pbs = new PbsBackend();

  private record Context(Settings config, Settings submit, Transport transport)
      implements BackendContext {
    static Context of(Map<String, ?> config, Transport transport) {
      Map<String, Object> all = new LinkedHashMap<>(config);
      all.put("bin", BIN);
      BackendEntry entry = BackendEntry.of("pbs", Map.of("config", all));
      return new Context(entry.config(), entry.submit(), transport);
    }

    @Override
    public String name() {
      return "pbs";
    }

    @Override
    public String workspace() {
      return "/jobs";
    }

    @Override
    public Path stateDirectory() {
      return Path.of("/state");
    }

    @Override
    public Clock clock() {
      return Clock.systemUTC();
    }
  }

  @BeforeEach
  void isOpenPbs() throws IOException {
    answer("qstat --version", 0, OPENPBS, "");
    answer("qstat -B -f", 0, SERVER, "");
    initialize(Map.of());
  }

  private void initialize(Map<String, ?> config) throws IOException {
    Transport transport = mock(Transport.class);
    when(transport.isLocal()).thenReturn(true);
    when(transport.host()).thenReturn("here");
    when(transport.run(any(Command.class))).thenAnswer(call -> run(call.getArgument(0)));
    pbs.initialize(Context.of(config, transport));
  }

  /** Commands that begin so; the first that fits. */
  private void answer(String command, int status, String stdout, String stderr) {
    answers.put(command, new CommandResult(status, stdout.getBytes(UTF_8), stderr.getBytes(UTF_8)));
  }

  private CommandResult run(Command command) {
    String words = String.join(" ", command.argv()).substring(BIN.length() + 1);
    if (!words.contains("--version") && !words.contains("-B")) {
      calls.add(words);
    }
    return answers.entrySet().stream()
        .filter(answer -> words.startsWith(answer.getKey()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("not expected: " + words))
        .getValue();
  }

  private static String json(int jobs) {
    StringBuilder json = new StringBuilder("{\"Jobs\":{");
    for (int i = 0; i < jobs; i++) {
      json.append(i == 0 ? "" : ",");
      json.append("\"").append(i).append(".vm\":{\"Job_Name\":\"x\",\"job_state\":\"Q\"}");
    }
    return json.append("}}").toString();
  }

  private static String ended(int jobs) {
    return json(jobs)
        .replace("\"Q\"", "\"F\",\"Exit_status\":0,\"mtime\":\"Sat Nov 21 16:00:00 2026\"");
  }

  private static List<NativeId> ids(int many) {
    return IntStream.range(0, many).mapToObj(i -> NativeId.of(i + ".vm")).toList();
  }

  private JobState state(NativeId id) {
    return ((Observation.Seen) pbs.query(List.of(id)).get(id)).info().state();
  }

  @Test
  void aThousandJobsAreAskedForByOneCommand() {
    answer("qstat -f -F json", 0, json(1000), "");
    assertThat(pbs.query(ids(1000)).values())
        .hasSize(1000)
        .allMatch(Observation.Seen.class::isInstance);
    assertThat(calls).containsExactly("qstat -f -F json");
  }

  @Test
  void aThousandJobsThatEndedAreAskedForByTwo() {
    answer("qstat -f -F json -x", 0, ended(1000), "");
    answer("qstat -f -F json", 0, NO_JOBS, "");
    assertThat(pbs.query(ids(1000)).values())
        .hasSize(1000)
        .allMatch(Observation.Seen.class::isInstance);
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f -F json -x");
  }

  @Test
  void elementsAreAskedForOnlyWhereThereAreArrays() {
    answer(
        "qstat -f -F json -t",
        0,
        "{\"Jobs\":{\"0[].vm\":{\"job_state\":\"B\"},\"0[1].vm\":{\"job_state\":\"R\"}}}",
        "");
    NativeId array = NativeId.of("0[].vm");
    assertThat(pbs.query(List.of(array)).get(array))
        .isInstanceOfSatisfying(
            Observation.SeenArray.class, seen -> assertThat(seen.elements()).containsOnlyKeys(1));
    assertThat(calls).containsExactly("qstat -f -F json -t");
  }

  @Test
  void anOlderOneThatKnowsNoJsonIsAskedForTextFromThenOn() {
    answer("qstat -f -F", 2, "", "qstat: invalid option -- 'F'\nusage: qstat");
    answer("qstat -f", 0, "Job Id: 0.vm\n    job_state = R\n\n", "");
    NativeId id = NativeId.of("0.vm");
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f", "qstat -f");
  }

  /** It refused -x, and not JSON. */
  @Test
  void anotherOptionThatIsRefusedIsNotTakenForJson() {
    answer("qstat -f -F json -x", 2, "", "qstat: invalid option -- 'x'\nusage: qstat");
    answer("qstat -f -x", 2, "", "qstat: invalid option -- 'x'\nusage: qstat");
    answer("qstat -x -f", 2, "", "qstat: invalid option -- 'x'\nusage: qstat");
    answer("qstat -f -F json", 0, NO_JOBS, "");
    NativeId id = NativeId.of("0.vm");
    assertThat(pbs.query(List.of(id)).get(id)).isInstanceOf(Observation.NotKnown.class);
    calls.clear();
    answer("qstat -f -F json", 0, json(1), "");
    assertThat(state(id)).isEqualTo(JobState.QUEUED);
    assertThat(calls).containsExactly("qstat -f -F json");
  }

  @Test
  void jsonThatIsNoneIsAskedForAsTextThisTime() {
    answer("qstat -f -F json", 0, "{\"Jobs\":{\"0.vm\":{", "");
    answer("qstat -f", 0, "Job Id: 0.vm\n    job_state = R\n\n", "");
    assertThat(state(NativeId.of("0.vm"))).isEqualTo(JobState.RUNNING);
    answer("qstat -f -F json", 0, json(1), "");
    assertThat(state(NativeId.of("0.vm"))).isEqualTo(JobState.QUEUED);
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f", "qstat -f -F json");
  }

  @Test
  void torqueIsAskedForXml() throws IOException {
    answer("qstat --version", 0, "", "Version: 6.1.2\nCommit: 661e\n");
    answer(
        "qstat -x", 0, "<Data><Job><Job_Id>0.vm</Job_Id><job_state>R</job_state></Job></Data>", "");
    assertThat(state(NativeId.of("0.vm"))).isEqualTo(JobState.RUNNING);
    assertThat(calls).containsExactly("qstat -x");
  }

  @Test
  void aDialectThatIsConfiguredIsNotAskedFor() throws IOException {
    answers.remove("qstat --version");
    initialize(Map.of("dialect", "torque"));
    answer("qstat -x", 0, "", "");
    answer("qstat -f", 153, "", "qstat: Unknown Job Id Error 0.vm\n");
    NativeId id = NativeId.of("0.vm");
    assertThat(pbs.query(List.of(id)).get(id)).isInstanceOf(Observation.NotKnown.class);
    assertThat(calls).containsExactly("qstat -x", "qstat -f 0.vm");
  }

  /** A failure is no verdict: the next question is asked of what is there then. */
  @Test
  void aVersionThatCouldNotBeAskedIsAskedAgain() {
    answer("qstat --version", 1, "", "");
    answer("qsub --version", 1, "", "");
    answer("qstat -f -F json", 1, "", "qstat: cannot connect to server vm (errno=15010)\n");
    NativeId id = NativeId.of("0.vm");
    assertThat(pbs.query(List.of(id)).get(id)).isInstanceOf(Observation.NotAnswered.class);
    answer("qstat --version", 0, "", "Version: 6.1.2\n");
    answer(
        "qstat -x", 0, "<Data><Job><Job_Id>0.vm</Job_Id><job_state>R</job_state></Job></Data>", "");
    assertThat(state(id)).isEqualTo(JobState.RUNNING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "255 | qstat: cannot connect to server vm (errno=15010)",
        "1   | qstat: End of File",
        "0   | qstat: PBS is not configured to maintain job history",
        "137 | ''",
      })
  void whatIsNoAnswerSaysNothingOfAnyJob(int status, String stderr) {
    answer("qstat -f", status, NO_JOBS, stderr);
    NativeId id = NativeId.of("0.vm");
    assertThat(pbs.query(List.of(id)).get(id))
        .isInstanceOfSatisfying(
            Observation.NotAnswered.class, not -> assertThat(not.why()).contains("qstat"));
  }

  /** It broke off between two jobs, which looks like an end. */
  @Test
  void aListingThatFailedInItsMiddleSaysNothing() {
    answer("qstat -f", 1, "Job Id: 0.vm\n    job_state = R\n\n", "qstat: End of File\n");
    NativeId id = NativeId.of("1.vm");
    assertThat(pbs.query(List.of(id)).get(id)).isInstanceOf(Observation.NotAnswered.class);
  }

  @Test
  void whatIsNoIdOfPbsIsNotAskedFor() {
    NativeId id = NativeId.of("not-an-id");
    assertThat(pbs.query(List.of(id)).get(id))
        .isInstanceOfSatisfying(
            Observation.NotKnown.class,
            not -> assertThat(not.evidence()).isEqualTo("not-an-id is no id of PBS"));
    assertThat(calls).isEmpty();
  }

  // ---- history

  @Test
  void aHistoryIsAskedAsTheConfigurationSays() throws IOException {
    NativeId id = NativeId.of("0.vm");
    answer("qstat -f -F json", 0, NO_JOBS, "");
    answer("qstat -f 0.vm", 153, "", "qstat: Unknown Job Id 0.vm\n");
    initialize(Map.of("history", false));
    assertThat(pbs.query(List.of(id)).get(id))
        .isEqualTo(
            Observation.notKnown("qstat has no job 0.vm, and nothing is kept of jobs that ended"));
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f 0.vm");
  }

  @Test
  void aHistoryThatTheServerDoesNotKeepIsNotAsked() {
    answer("qstat -B -f", 0, SERVER.replace("True", "False"), "");
    answer("qstat -f -F json", 0, NO_JOBS, "");
    answer("qstat -f 0.vm", 153, "", "qstat: Unknown Job Id 0.vm\n");
    pbs.query(ids(1));
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f 0.vm");
  }

  @Test
  void theHistoryIsAskedForOneJobByItsId() {
    answer("qstat -f -F json -x 0.vm", 0, ended(1), "");
    answer("qstat -f -F json", 0, NO_JOBS, "");
    assertThat(state(NativeId.of("0.vm"))).isEqualTo(JobState.COMPLETED);
    assertThat(calls).containsExactly("qstat -f -F json", "qstat -f -F json -x 0.vm");
  }

  // ---- tokens

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HPC_TOKEN=htoken001,PBS_O_WORKDIR=/w/jobs/htoken002 | htoken001",
        "PBS_O_WORKDIR=/w/jobs/htoken002                   | htoken002",
        "HPC_TOKEN=not a token,PBS_O_WORKDIR=/jobs/htoken003 | htoken003",
        "HPC_TOKEN=,PBS_O_WORKDIR=/home/u                | ",
        "PBS_O_WORKDIR=/home/u/jobs                      | ",
      })
  void theTokenIsAVariableOrTheFolderOfTheSubmission(String variables, @Nullable String token) {
    answer("qstat -f -F", 2, "", "usage: qstat");
    answer(
        "qstat -f",
        0,
        "Job Id: 0.vm\n    job_state = R\n    Variable_List = " + variables + "\n\n",
        "");
    NativeId id = NativeId.of("0.vm");
    assertThat(pbs.query(List.of(id)).get(id))
        .isInstanceOfSatisfying(
            Observation.Seen.class,
            seen -> assertThat(seen.token()).isEqualTo(token == null ? null : new Token(token)));
  }

  // ---- qdel

  @Test
  void manyAreDeletedByFewCommands() {
    answer("qdel", 0, "", "");
    pbs.cancel(ids(450));
    assertThat(calls).hasSize(3).allMatch(call -> call.startsWith("qdel "));
    assertThat(String.join(" ", calls).split(" ", -1)).hasSize(453);
  }

  @Test
  void neighboursAreOneWord() {
    answer("qdel", 0, "", "");
    NativeId array = NativeId.of("7[].vm");
    pbs.cancel(List.of(
        array.element(3),
        array.element(1),
        NativeId.of("8.vm"),
        array.element(2),
        array.element(9)));
    assertThat(calls).containsExactly("qdel 8.vm 7[1-3].vm 7[9].vm");
  }

  @Test
  void torqueHasNoRangesOfElements() throws IOException {
    initialize(Map.of("dialect", "torque"));
    answer("qdel", 0, "", "");
    NativeId array = NativeId.of("7[].vm");
    pbs.cancel(List.of(array.element(1), array.element(2)));
    assertThat(calls).containsExactly("qdel 7[1].vm 7[2].vm");
  }

  @Test
  void whatIsRefusedIsTold() {
    answer("qdel", 159, "", "qdel: Unauthorized Request 1.vm\nqdel: Unknown Job Id 2.vm\n");
    assertThatThrownBy(() -> pbs.cancel(ids(3)))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("Unauthorized Request 1.vm")
        .message()
        .doesNotContain("Unknown Job Id")
        .doesNotContain("\n");
    answer("qdel", 162, "", "Couldn't connect to cluster: vm\n");
    assertThatThrownBy(() -> pbs.cancel(ids(3))).isInstanceOf(BackendUnavailable.class);
  }

  @Test
  void nothingIsDeletedWhereNothingIsNamed() {
    pbs.cancel(List.of());
    pbs.cancel(List.of(NativeId.of("not-an-id")));
    assertThat(calls).isEmpty();
  }
}
