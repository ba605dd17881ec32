// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One submission is one execution, whatever becomes of qsub's answer and of the client. */
@Timeout(120)
class SubmitFaultsTest {
  private static final String SUBMIT = "\"$real\" \"$@\" >/dev/null";
  private static final String LOST = "echo 'qsub: Batch protocol error' >&2; exit 190";

  /** Every client that comes has this much behind it: no search goes on. */
  private static final Duration LATER = Duration.ofMinutes(6);

  @RegisterExtension
  final FakePbs pbs = FakePbs.openPbs("kill_delay=0.5");

  @RegisterExtension
  final PbsUser user = new PbsUser(pbs);

  // ---- answers that are lost

  @Test
  void aJobWhoseAnswerWasLostIsFoundAndRunsOnce() throws Exception {
    Map<String, String> faults = new LinkedHashMap<>();
    faults.put("hangs", SUBMIT + "; exec sleep 600");
    faults.put("dies", SUBMIT + "; kill -KILL $$");
    faults.put("prattles", SUBMIT + "; echo 'Welcome to the cluster'; exit 0");
    faults.put("says-nothing", SUBMIT + "; exit 0");
    faults.put("breaks-off", SUBMIT + "; " + LOST);
    faults.put("fails-in-a-wrapper", SUBMIT + "; echo 'logger: no space left' >&2; exit 1");
    faults.put("tells-and-fails", "\"$real\" \"$@\"; echo 'qsub: oh' >&2; exit 1");
    Backend client = user.pbs(user.open(), Map.of("submit_timeout", 2));

    Map<String, HPCProcess> jobs = new LinkedHashMap<>();
    faults.forEach((name, lines) -> {
      user.fault("qsub", lines);
      jobs.put(name, client.submit(user.noting(name).build()));
    });

    for (Map.Entry<String, HPCProcess> job : jobs.entrySet()) {
      String name = job.getKey();
      assertThat(PbsUser.end(job.getValue()).state()).as(name).isEqualTo(JobState.COMPLETED);
      String id = PbsUser.id(job.getValue());
      assertThat(user.starts(name)).as(name).containsExactly(id);
      assertThat(user.taken(name)).as(name).containsExactly(id);
    }
  }

  @Test
  void aServerThatTakesTheJobAndFailsToSaySoIsAskedForIt() throws Exception {
    Backend client = user.pbs();
    pbs.fault("drop_submits=1");

    HPCProcess job = client.submit(user.noting("dropped").build());

    assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(user.taken("dropped")).containsExactly(PbsUser.id(job));
    assertThat(user.starts("dropped")).containsExactly(PbsUser.id(job));
    assertThat(user.submissions()).isEqualTo(1);
  }

  @Test
  void aJobThatCannotBeSearchedForIsFoundByTheNextClient() throws Exception {
    user.fault("qsub", SUBMIT, LOST);
    user.fault("qstat", "exit 1");
    String token = clientThatIsNotTold("lost");
    user.mend("qstat");
    user.mend("qsub");

    HpcRuntime next = user.open();
    Backend client = user.pbs(next);
    PbsUser.until("the submission is found", () -> {
      client.status(List.of());
      return next.jobs().unsettled().isEmpty();
    });
    KnownJob found = PbsUser.known(next).get(0);

    assertThat(found.token().value()).isEqualTo(token);
    assertThat(PbsUser.end(client.attach(found.id())).exitCode()).isEqualTo(3);
    assertThat(user.starts("lost")).containsExactly(found.id().nativeId().value());
  }

  /** Its claim is gone with the disk of its node, say; the history knows the token still. */
  @Test
  void aJobThatHasEndedIsFoundInTheHistory() throws Exception {
    user.fault("qsub", SUBMIT, LOST);
    user.fault("qstat", "exit 1");
    clientThatIsNotTold("ended");
    PbsUser.until("it is there", () -> user.taken("ended").size() == 1);
    String id = user.taken("ended").get(0);
    pbs.await(id, "F");
    user.mend("qstat");
    Path folder = user.jobFolders().get(0);
    Files.delete(folder.resolve("claim"));
    Files.delete(folder.resolve("announced"));

    HpcRuntime next = user.open();
    Backend client = user.pbs(next);
    PbsUser.until("its record has come", () -> {
      client.status(List.of());
      return next.jobs().unsettled().isEmpty();
    });

    assertThat(PbsUser.known(next))
        .extracting(job -> job.id().nativeId().value())
        .containsExactly(id);
  }

  /** Nobody but its own claim and record tells of it. */
  @Test
  void aJobThatHasEndedIsFoundByItsClaimWhereThereIsNoHistory() throws Exception {
    pbs.fault("history=off");
    user.fault("qsub", SUBMIT, LOST);
    user.fault("qstat", "exit 1");
    clientThatIsNotTold("claimed");
    PbsUser.until("it has begun", () -> user.starts("claimed").size() == 1);
    FakePbs.await(() -> "it is forgotten", () -> pbs.jobs().isEmpty());
    user.mend("qstat");

    HpcRuntime next = user.open();
    Backend client = user.pbs(next);
    PbsUser.until("it is found", () -> {
      client.status(List.of());
      return next.jobs().unsettled().isEmpty();
    });
    KnownJob found = PbsUser.known(next).get(0);
    assertThat(found.id().nativeId().value()).isEqualTo(user.starts("claimed").get(0));
    assertThat(PbsUser.end(client.attach(found.id())).exitCode()).isEqualTo(3);
  }

  /** A request that was under way all the time arrives when nobody waits for it any more. */
  @Test
  void aJobThatArrivesAfterItWasGivenUpDoesNotRun() throws Exception {
    user.fault("qsub", LOST);
    clientThatIsNotTold("late");
    user.mend("qsub");
    String script = user.jobFolders().get(0).resolve("script").toString();

    HpcRuntime next = user.openAfter(LATER);
    user.pbs(next).status(List.of());
    assertThat(next.jobs().unsettled()).isEmpty();
    assertThat(PbsUser.known(next)).singleElement().satisfies(job -> {
      assertThat(job.info().state()).isEqualTo(JobState.FAILED);
      assertThat(job.info().reason()).contains("never reached the scheduler");
    });
    String late = pbs.run("qsub '" + script + "'").expect(0).out().strip();
    pbs.await(late, "F");

    assertThat(user.starts("late")).isEmpty();
  }

  // ---- clients that die

  /** Before qsub has asked, after it has, and after it has told. */
  @Test
  void aClientThatIsKilledLosesNoJobAndRunsNoneTwice() throws Exception {
    String kill = "kill -KILL \"$PPID\"";
    killedClient("before", kill, "exit 1");
    killedClient("after", SUBMIT, kill, "exit 0");
    killedClient("told", "\"$real\" \"$@\"", "{ sleep 0.02; " + kill + "; } &", "exit 0");
    user.mend("qsub");

    HpcRuntime next = user.openAfter(LATER);
    Backend client = user.pbs(next);
    client.status(List.of());
    for (KnownJob job : next.jobs().active().jobs()) {
      assertThat(PbsUser.end(client.attach(job.id())).exitCode()).isEqualTo(3);
    }
    assertThat(next.jobs().unsettled()).isEmpty();
    assertThat(user.starts("before")).isEmpty();
    for (String name : List.of("after", "told")) {
      List<String> known = PbsUser.known(next).stream()
          .filter(job -> job.name().equals(name))
          .map(job -> job.id().nativeId().value())
          .toList();
      assertThat(user.starts(name)).as(name).hasSize(1).containsExactlyElementsOf(known);
      assertThat(user.taken(name)).as(name).hasSize(1);
    }
    assertThat(user.jobFolders())
        .as("folders that are nobody's")
        .hasSize(PbsUser.known(next).size());
  }

  private void killedClient(String name, String... fault) throws Exception {
    user.fault("qsub", fault);
    assertThat(clientOf(name, Map.of(), 137)).isEmpty();
  }

  /** The token that the client has instead of a job. */
  private String clientThatIsNotTold(String name) throws Exception {
    String told = clientOf(name, Map.of(), 0);
    assertThat(told).startsWith("unknown ");
    return told.substring("unknown ".length());
  }

  private String clientOf(String name, Map<String, String> environment, int status)
      throws Exception {
    Path log = user.folder().resolve(name + ".log");
    ProcessBuilder builder = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Client.class.getName(),
            user.folder().toString(),
            name)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process client = builder.start();
    assertThat(client.waitFor(60, TimeUnit.SECONDS)).as(name + " ends").isTrue();
    String told = Files.readString(log);
    assertThat(client.exitValue()).as(told).isEqualTo(status);
    return told;
  }

  /** A client that submits one job and tells how it ended, unless it is killed before. */
  static final class Client {
    private Client() {}

    public static void main(String[] args) throws InterruptedException {
      Path folder = Path.of(args[0]);
      HpcRuntime runtime = PbsUser.open(folder, Clock.systemUTC(), folder.resolve("state"));
      try {
        HPCProcess job = PbsUser.pbs(runtime, folder, Map.of())
            .submit(PbsUser.noting(folder, args[1])
                .shell("echo leaked=${PBS_O_LEAK-none}${PBS_DPREFIX-}${PMI_RANK-}; exit 3")
                .build());
        JobInfo end = PbsUser.end(job);
        System.out.print(end.state() + " " + end.cause() + " " + end.exitCode() + " "
            + job.logs().stdout());
      } catch (OutcomeUnknown e) {
        System.out.print("unknown " + e.token());
      }
    }
  }

  /** The user's settings for the same commands would break each of our questions. */
  @Test
  void theUsersSettingsForTheseCommandsChangeNothing() throws Exception {
    String told = clientOf(
        "follower",
        Map.of(
            "PBS_DPREFIX", "#NOT",
            "PBS_O_LEAK", "leaked",
            "PBS_O_WORKDIR", "/nonexistent",
            "PBS_JOBID", "1.elsewhere",
            "PBS_ARRAY_INDEX", "5",
            "PMI_RANK", "3",
            "TZ", "Pacific/Kiritimati",
            "LC_ALL", "C",
            "LANG", "de_DE.UTF-8"),
        0);
    assertThat(told).isEqualTo("FAILED EXIT_CODE 3 leaked=none\n");
  }

  // ---- what qsub says

  /** A banner of numbers is no id, neither before nor behind it. */
  @Test
  void aBannerIsNotTakenForTheId() throws Exception {
    pbs.fault(
        "banner_before=4711", "banner_after=*** 3 days to go ***", "banner_error=node 7 is down");
    HPCProcess job = user.pbs().submit(user.noting("banner").build());

    assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(user.starts("banner")).containsExactly(PbsUser.id(job));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-q;nosuchq                 | Unknown queue",
        "-l;nosuchres=4             | Unknown resource Resource_List.nosuchres",
        "-l;select=1:ncpus=abc      | Illegal attribute or resource value select.ncpus",
        "-l;walltime=banana         | Illegal attribute or resource value Resource_List.walltime",
        "-W;depend=bogus:0.vm       | illegal -W value",
        "--nosuch                   | invalid option",
      })
  void whatIsRefusedIsToldInPbssWordsAndLeavesNothing(String options, String words) {
    HpcRuntime client = user.open();
    Backend backend = user.pbs(client);
    assertThatThrownBy(() -> backend.submit(
            user.noting("x").nativeOptions(options.split(";", -1)).build()))
        .isInstanceOf(Rejected.class)
        .hasMessageStartingWith("PBS refused the job: ")
        .hasMessageContaining(words)
        .message()
        .doesNotContain("\n")
        .doesNotContain("usage:");
    assertThat(user.jobFolders()).isEmpty();
    assertThat(client.jobs().unsettled()).isEmpty();
    assertThat(PbsUser.known(client)).isEmpty();
    assertThat(pbs.jobs()).isEmpty();
  }

  @Test
  void aQueueThatIsNotThereIsNamedByPbs() {
    assertThatThrownBy(() -> user.pbs().submit(user.noting("x").queue("nosuch").build()))
        .isInstanceOf(Rejected.class)
        .hasMessage("PBS refused the job: Unknown queue");
  }

  // ---- limits

  /** Not an error: they wait in the client's own queue, in their order, and it says so. */
  @Test
  void jobsBeyondTheQueuesLimitAreHeldAndGoOnInTheirOrder() throws Exception {
    pbs.fault("max_queued=1");
    Backend client = user.pbs();
    HPCProcess first = client.submit(user.noting("first").nativeOptions("-h").build());
    HPCProcess second = client.submit(user.noting("second").build());
    HPCProcess third = client.submit(user.noting("third").build());

    for (HPCProcess held : List.of(second, third)) {
      JobInfo info = PbsUser.look(client, held);
      assertThat(info.state()).isIn(JobState.QUEUED, JobState.HELD);
      assertThat(info.reason()).contains("held in the client's own queue");
    }
    assertThat(PbsUser.look(client, second).reason()).contains("limit");
    assertThat(user.taken("second")).isEmpty();
    pbs.run("qrls " + PbsUser.id(first)).expect(0);

    for (HPCProcess job : List.of(first, second, third)) {
      assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
    }
    List<String> ids = pbs.jobs().stream().map(FakePbs.Job::name).toList();
    assertThat(ids).containsExactly("first", "second", "third");
    for (String name : ids) {
      assertThat(user.starts(name)).as(name).hasSize(1);
    }
  }

  @Test
  void anArrayLargerThanTheServersLimitIsSplitAndEachElementTold() throws Exception {
    pbs.fault("max_array_size=3");
    Backend client = user.pbs();

    HPCProcess array = client.submit(user.noting("split")
        .shell("echo \"$HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT\"; exit $((HPC_ARRAY_INDEX == 15))")
        .array(ArrayRange.parse("10-16"))
        .build());

    JobInfo end = PbsUser.end(array);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(user.submissions()).isEqualTo(3);
    assertThat(array.elements()).hasSize(7);
    for (HPCProcess element : array.elements()) {
      int index = element.id().nativeId().index();
      JobState state = index == 15 ? JobState.FAILED : JobState.COMPLETED;
      assertThat(element.info().state()).as("element %s", index).isEqualTo(state);
      assertThat(element.logs().stdout()).isEqualTo(index + " of 7\n");
    }
  }

  /** Nothing of an array is left whose second part was refused. */
  @Test
  void anArrayOfWhichAPartIsRefusedLeavesNothing() throws Exception {
    pbs.fault("max_array_size=3");
    Backend client = user.pbs();
    user.fault(
        "qsub",
        "if mkdir \"$here/once\" 2>/dev/null; then exec \"$real\" \"$@\"; fi",
        "echo 'qsub: Unauthorized Request' >&2; exit 159");
    assertThatThrownBy(() -> client.submit(user.noting("half")
            .shell("sleep 100")
            .array(ArrayRange.parse("0-5"))
            .build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("Unauthorized Request");
    FakePbs.await(
        () -> "all have ended: " + pbs.jobs(),
        () -> pbs.jobs().stream().allMatch(job -> "FX".contains(job.state())));
  }

  // ---- servers that are away

  @Test
  void aServerThatIsDownIsToldAndNothingIsLeft() {
    HpcRuntime client = user.open();
    Backend backend = user.pbs(client);
    pbs.fault("down=on");
    assertThatThrownBy(() -> backend.submit(user.noting("x").build()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("cannot connect to server vm")
        .message()
        .doesNotContain("\n");
    pbs.mend();
    assertThat(client.jobs().unsettled()).isEmpty();
    assertThat(user.jobFolders()).isEmpty();
    assertThat(pbs.jobs()).isEmpty();
  }

  @Test
  void aMissingQsubIsNamed() {
    Backend backend = user.pbs(user.open(), Map.of("bin", "/nonexistent"));
    assertThatThrownBy(() -> backend.submit(user.noting("x").build()))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("/nonexistent/qsub");
    assertThat(user.jobFolders()).isEmpty();
  }
}
