// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.pbs.PbsUser.awaited;
import static io.hpclaunch.pbs.PbsUser.id;
import static io.hpclaunch.pbs.PbsUser.look;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How jobs end, and what is told while nobody can say. */
@Timeout(120)
class EndFaultsTest {
  /** After that time a job that nobody knows is lost. */
  private static final Duration LATER = Duration.ofMinutes(6);

  @RegisterExtension
  final FakePbs pbs = FakePbs.openPbs("kill_delay=0.5", "depend_delay=0.1");

  @RegisterExtension
  final PbsUser user = new PbsUser(pbs);

  private HPCProcess running(Backend client, String name, String... lines) {
    HPCProcess job = client.submit(user.noting(name).shell(lines).build());
    PbsUser.until(name + " has begun", () -> !user.starts(name).isEmpty());
    return job;
  }

  // ---- attempts

  @Test
  void aRerunJobHasAnotherAttempt() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = running(
        client, "again", "(($(wc -l <" + user.folder() + "/ran-again) > 1)) || sleep 99; exit 4");
    assertThat(awaited(client, job, JobState.RUNNING).attempt()).isEqualTo(1);

    pbs.run("qhold " + id(job) + " && qrerun " + id(job)).expect(0);
    JobInfo waits = awaited(client, job, JobState.HELD);
    assertThat(waits.attempt()).isEqualTo(2);
    assertThat(job.onExit()).isNotDone();
    pbs.run("qrls " + id(job)).expect(0);

    JobInfo end = PbsUser.end(job);
    assertThat(end.attempt()).isEqualTo(2);
    assertThat(end.exitCode()).isEqualTo(4);
    assertThat(user.starts("again")).containsExactly(id(job), id(job));
    Backend stranger = user.pbs(user.stranger());
    assertThat(PbsUser.end(stranger.attach(job.id())).attempt()).isEqualTo(2);
  }

  /** PBS takes its jobs from a node that is lost, and runs them again. */
  @Test
  void aJobWhoseNodeIsLostGoesOnElsewhere() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = running(
        client, "moves", "(($(wc -l <" + user.folder() + "/ran-moves) > 1)) || sleep 99; exit 6");
    pbs.fault("nodes_down=vm[0]");

    JobInfo end = PbsUser.end(job);

    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(end.attempt()).isEqualTo(2);
    assertThat(user.starts("moves")).hasSize(2);
  }

  // ---- states, not exit codes

  @Test
  void anExitStatusOfZeroIsNoSuccessWherePbsSaysOtherwise() throws Exception {
    Backend client = user.pbs();
    String deaf = "trap 'exit 0' TERM; sleep 99 & wait";
    HPCProcess deleted = running(client, "deleted", deaf);
    HPCProcess expired = client.submit(
        user.noting("expired").shell(deaf).walltime(Duration.ofSeconds(1)).build());
    HPCProcess queued = client.submit(user.noting("queued").nativeOptions("-h").build());
    HPCProcess depends = client.submit(
        user.noting("depends").dependsOn(Dependency.afterOk(deleted.id())).build());

    pbs.run("qdel " + id(deleted) + " " + id(queued)).expect(0);

    assertThat(PbsUser.end(deleted).state()).isEqualTo(JobState.CANCELLED);
    assertThat(PbsUser.end(queued).state()).isEqualTo(JobState.CANCELLED);
    JobInfo timeout = PbsUser.end(expired);
    assertThat(timeout.state()).isEqualTo(JobState.FAILED);
    assertThat(timeout.cause()).isEqualTo(Cause.TIMEOUT);
    JobInfo dependency = PbsUser.end(depends);
    assertThat(dependency.state()).isEqualTo(JobState.FAILED);
    assertThat(dependency.cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(dependency.reason()).contains(id(deleted));
    assertThat(user.starts("queued")).isEmpty();
    assertThat(user.starts("depends")).isEmpty();
  }

  @Test
  void pbssStatesAreTakenAsTheyAreAndUnknownOnesEndNothing() {
    Backend client = user.pbs();
    HPCProcess job = running(client, "states", "sleep 99");
    awaited(client, job, JobState.RUNNING);
    Map<String, JobState> states = Map.of(
        "E", JobState.RUNNING,
        "S", JobState.SUSPENDED,
        "U", JobState.SUSPENDED,
        "M", JobState.UNKNOWN,
        "Z", JobState.UNKNOWN);
    int minutes = 0;
    for (Map.Entry<String, JobState> each : states.entrySet()) {
      String letter = each.getKey();
      pbs.fault("state=" + id(job) + ":" + letter);
      JobInfo told = look(user.pbs(user.openAfter(Duration.ofMinutes(++minutes))), job);
      assertThat(told.state()).as(letter).isEqualTo(each.getValue());
      assertThat(told.nativeState()).isIn(letter, null);
      assertThat(job.onExit()).as(letter).isNotDone();
    }
    pbs.mend();
    Backend last = user.pbs(user.openAfter(Duration.ofMinutes(++minutes)));
    assertThat(look(last, job).state()).isEqualTo(JobState.RUNNING);
  }

  @Test
  void signalsAreTold() throws Exception {
    Backend client = user.pbs();
    HPCProcess itself =
        client.submit(user.noting("itself").shell("kill -SEGV $$").build());
    HPCProcess script = running(client, "script", "sleep 99");
    HPCProcess all = running(client, "all", "sleep 99");
    killScript(script);
    pbs.run("qsig -s KILL " + id(all)).expect(0);

    assertThat(PbsUser.end(itself).signal()).isEqualTo(11);
    for (HPCProcess killed : List.of(script, all)) {
      JobInfo end = PbsUser.end(killed);
      assertThat(end.state()).isEqualTo(JobState.FAILED);
      assertThat(end.cause()).isEqualTo(Cause.SIGNAL);
      assertThat(end.signal()).isEqualTo(9);
    }
  }

  /** Ends a job's script so that it cannot write how it ended. */
  private void killScript(HPCProcess job) throws IOException {
    for (Path folder : user.jobFolders()) {
      Path announced = folder.resolve("announced");
      String[] words = Files.exists(announced)
          ? Files.readString(announced).split(" ", -1)
          : new String[] {"", "", ""};
      if (words[2].equals(id(job))) {
        ProcessHandle.of(Long.parseLong(words[6])).orElseThrow().destroyForcibly();
      }
    }
  }

  // ---- who tells the end

  @ParameterizedTest
  @ValueSource(strings = {"history=off", "refuse_x=on"})
  void withoutHistoryTheQueueAndTheJobsOwnRecordTellAll(String fault) throws Exception {
    pbs.fault(fault);
    Backend client = user.pbs();
    HPCProcess plain = client.submit(user.noting("plain").shell("exit 7").build());
    HPCProcess ok = client.submit(user.noting("ok").build());
    HPCProcess array = client.submit(user.noting("array")
        .shell("exit $((HPC_ARRAY_INDEX % 2))")
        .array(ArrayRange.of(1, 4))
        .build());
    HPCProcess killed = running(client, "killed", "sleep 99");

    assertThat(PbsUser.end(plain).exitCode()).isEqualTo(7);
    assertThat(PbsUser.end(ok).state()).isEqualTo(JobState.COMPLETED);
    assertThat(ok.info().wallTime()).isNotNull();
    assertThat(PbsUser.end(array).state()).isEqualTo(JobState.FAILED);
    assertThat(array.elements())
        .extracting(each -> each.info().state() == JobState.COMPLETED)
        .containsExactly(false, true, false, true);

    awaited(client, killed, JobState.RUNNING);
    killScript(killed);
    JobInfo unknown = awaited(client, killed, JobState.UNKNOWN);
    assertThat(unknown.reason()).contains("qstat has no job " + id(killed));
    assertThat(killed.onExit()).isNotDone();
    JobInfo lost = look(user.pbs(user.openAfter(LATER)), killed);
    assertThat(lost.state()).isEqualTo(JobState.LOST);
    assertThat(lost.reason()).contains("qstat has no job", "no exit record");
  }

  /** What cannot be asked now may still know how a job ended. */
  @Test
  void aHistoryThatFailsLosesNothing() throws Exception {
    Backend client = user.pbs();
    HPCProcess killed = running(client, "killed", "sleep 99");
    awaited(client, killed, JobState.RUNNING);
    user.fault("qstat", "[[ \" $* \" != *' -x '* ]] || { echo 'qstat: End of File' >&2; exit 1; }");
    killScript(killed);
    JobInfo unknown = awaited(client, killed, JobState.UNKNOWN);
    assertThat(unknown.reason()).contains("qstat has no job " + id(killed), "End of File");

    Backend later = user.pbs(user.openAfter(LATER));
    assertThat(look(later, killed).state()).isEqualTo(JobState.UNKNOWN);
    user.mend("qstat");
    assertThat(awaited(later, killed, JobState.FAILED).signal()).isEqualTo(9);
  }

  @Test
  void aHistoryThatIsOffIsNotAskedAgainAndAgain() throws Exception {
    pbs.fault("history=off");
    Backend client = user.pbs();
    PbsUser.end(client.submit(user.noting("x").build()));
    assertThat(pbs.commands()).noneMatch(command -> command.words().contains("-x"));

    Backend told = user.pbs(user.stranger(), Map.of("history", false));
    PbsUser.end(told.submit(user.noting("y").build()));
    assertThat(pbs.commands())
        .filteredOn(command -> command.words().contains("-B"))
        .as("asked once whether there is one, and for max_array_size by the other")
        .hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void aJobThatNobodyKnowsIsLostAfterADeadlineAndSaysWhy() {
    Backend client = user.pbs();
    HPCProcess job = running(client, "gone", "sleep 99");
    awaited(client, job, JobState.RUNNING);
    pbs.fault("forgotten=" + id(job));
    awaited(client, job, JobState.UNKNOWN);

    Backend later = user.pbs(user.openAfter(LATER));
    JobInfo lost = look(later, job);
    assertThat(lost.state()).isEqualTo(JobState.LOST);
    assertThat(lost.reason()).contains("qstat has no job", "the server's history neither");

    // Later evidence corrects it.
    pbs.mend();
    awaited(later, job, JobState.RUNNING);
  }

  // ---- dependencies and requests that never come true

  @Test
  void aParentThatNobodyKnowsIsRefusedBeforeTheSubmission() {
    Backend client = user.pbs();
    JobId unknown = JobId.parse("pbs:999.vm", "pbs");
    assertThatThrownBy(() -> client.submit(
            user.noting("orphan").dependsOn(Dependency.afterOk(unknown)).build()))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("pbs:999.vm");
    assertThat(user.submissions()).isZero();
    assertThat(user.jobFolders()).isEmpty();
  }

  @Test
  void aRequestThatCanNeverRunIsQueuedAndExplained() {
    Backend client = user.pbs();
    HPCProcess job = client.submit(user.noting("huge").cpus(99).build());
    JobInfo info =
        awaited(client, job, "a comment", told -> String.valueOf(told.reason()).contains("Never"));
    assertThat(info.state()).isEqualTo(JobState.QUEUED);
    assertThat(info.reason()).startsWith("Can Never Run: Insufficient amount of resource: ncpus");
    assertThat(new PbsBackend().explain(info)).hasValueSatisfying(words -> {
      assertThat(words.meaning()).contains("more ncpus than there is", "never run");
      assertThat(words.remedy()).contains("cancel it");
    });
  }

  // ---- folders and files

  @Test
  void aFolderThatIsMissingIsAFailureWithAReason() throws Exception {
    Backend client = user.pbs();
    Path later = Files.createDirectories(user.folder().resolve("later"));
    HPCProcess job = client.submit(user.noting("nowhere")
        .workingDirectory(later)
        .prologue("rmdir " + later)
        .build());
    JobInfo end = PbsUser.end(job);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(end.reason()).contains(later.toString());
    assertThat(user.starts("nowhere")).isEmpty();
  }

  @Test
  void anOutputThatCannotBeWrittenIsToldBeforeTheSubmission() throws Exception {
    Path file = Files.createFile(user.folder().resolve("file"));
    assertThatThrownBy(
            () -> user.pbs().submit(user.noting("x").stdout(file + "/out").build()))
        .hasMessageContaining(file.toString())
        .message()
        .doesNotContain("\n");
    assertThat(user.submissions()).isZero();
  }

  // ---- output that PBS brings at the end

  @Test
  void logsWaitForTheOutputThatIsUnderWay() throws Exception {
    pbs.fault("end_delay=4");
    Backend client = user.pbs();
    HPCProcess job = client.submit(
        user.noting("brought").shell("echo all of it").stdout("out/log.txt").build());
    awaited(client, job, "ending", info -> "E".equals(info.nativeState()));

    assertThat(user.pbs().logs(job.id()).stdout()).isEqualTo("all of it\n");
    assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void logsDoNotWaitForOutputThatNeverComes() throws Exception {
    pbs.fault("undeliverable=on", "undeliverable_delay=2");
    Backend client = user.pbs();
    HPCProcess job =
        client.submit(user.noting("kept").shell("echo x").stdout("log.txt").build());
    awaited(client, job, "ending", info -> "E".equals(info.nativeState()));

    assertThat(user.pbs().logs(job.id()).stdout()).isEmpty();
    assertThat(PbsUser.end(job).state()).isEqualTo(JobState.COMPLETED);
  }

  // ---- the server

  @Test
  void aServerThatIsDownIsToldAndSurvived() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = running(client, "survives", user.awaitGo() + "; exit 9");
    awaited(client, job, JobState.RUNNING);
    pbs.stopServer();

    JobInfo unknown = awaited(client, job, JobState.UNKNOWN);
    assertThat(unknown.reason()).contains("qstat", "cannot connect to server vm");
    assertThatThrownBy(() -> client.submit(user.noting("refused").build()))
        .isInstanceOf(BackendUnavailable.class);
    assertThatThrownBy(() -> client.cancel(List.of(job.id())))
        .isInstanceOf(BackendUnavailable.class);
    assertThatThrownBy(client::resources).isInstanceOf(BackendUnavailable.class);
    assertThatThrownBy(() -> client.queue(true)).isInstanceOf(BackendUnavailable.class);
    assertThat(job.onExit()).isNotDone();
    user.go();
    pbs.startServer();

    JobInfo end = PbsUser.end(job);
    assertThat(end.attempt()).isEqualTo(1);
    assertThat(user.starts("survives")).containsExactly(id(job));
    assertThat(PbsUser.end(client.submit(user.noting("next").build())).state())
        .isEqualTo(JobState.COMPLETED);
    assertThat(user.starts("refused")).isEmpty();
  }

  @Test
  void aServerThatDoesNotAnswerKeepsNobodyWaiting() throws Exception {
    Backend client = user.pbs(user.open(), Map.of("command_timeout", 1));
    HPCProcess job = running(client, "survives", user.awaitGo() + "; exit 9");
    awaited(client, job, JobState.RUNNING);
    pbs.fault("pause=on");

    Instant before = Instant.now();
    JobInfo unknown = awaited(client, job, JobState.UNKNOWN);
    assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(20));
    assertThat(unknown.reason()).contains("qstat");
    assertThat(job.onExit()).isNotDone();
    user.go();
    pbs.mend();

    assertThat(PbsUser.end(job).exitCode()).isEqualTo(9);
  }

  /** What the server could not tell while it was down it is asked again by the next client. */
  @Test
  void aServerThatWasDownIsAskedAgainForItsLimits() {
    pbs.fault("max_array_size=3", "down=on");
    Backend client = user.pbs();
    assertThat(client.capabilities().maxArrayIndex()).isNull();
    assertThatThrownBy(() -> client.submit(user.noting("x").build()))
        .isInstanceOf(BackendUnavailable.class);
    pbs.mend("down");

    Backend later = user.pbs(user.openAfter(Duration.ofMinutes(1)));
    assertThat(later.capabilities().maxArrayIndex()).isEqualTo(2);
  }
}
