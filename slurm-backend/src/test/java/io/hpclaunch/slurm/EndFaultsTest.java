// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.slurm.SlurmCluster.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How jobs end, and what is told while nobody can say. */
@Timeout(240)
class EndFaultsTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @RegisterExtension
  final SlurmSite site = new SlurmSite(CLUSTER);

  private static String id(HPCProcess job) {
    return job.id().nativeId().value();
  }

  private static JobInfo look(Backend slurm, HPCProcess job) {
    return slurm.status(List.of(job.id())).get(job.id());
  }

  /** Waits until so much is told: an answer may be a second old, which clients share. */
  private static JobInfo awaited(Backend slurm, HPCProcess job, JobState state) throws Exception {
    JobInfo[] last = new JobInfo[1];
    SlurmSite.until(job + " " + state, () -> {
      last[0] = look(slurm, job);
      return last[0].state() == state;
    });
    return last[0];
  }

  private static void awaitRunning(Backend slurm, HPCProcess job) throws Exception {
    awaited(slurm, job, JobState.RUNNING);
  }

  // ---- attempts

  @Test
  void aRequeuedJobHasAnotherAttempt() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("again")
        .shell("[[ -n $SLURM_RESTART_COUNT ]] || sleep 300; exit 4")
        .nativeOptions("--requeue")
        .build());
    awaitRunning(slurm, job);
    SlurmSite.until("its script has begun", () -> site.starts("again").size() == 1);
    assertThat(look(slurm, job).attempt()).isEqualTo(1);

    CLUSTER.requeue(id(job));
    SlurmSite.until("it waits", () -> look(slurm, job).state() == JobState.QUEUED);
    assertThat(look(slurm, job).attempt()).isEqualTo(2);
    assertThat(job.onExit()).isNotDone();
    startSoon(id(job));

    JobInfo end = SlurmSite.end(job);
    assertThat(end.attempt()).isEqualTo(2);
    assertThat(end.exitCode()).as(end.toString()).isEqualTo(4);
    assertThat(site.starts("again")).containsExactly(id(job), id(job));

    // Who comes when the queue has forgotten it finds both attempts in the accounts.
    CLUSTER.awaitRecord(id(job), "FAILED 4:0");
    site.forget(id(job));
    Backend stranger = site.slurm(site.stranger());
    assertThat(SlurmSite.end(stranger.attach(job.id())).attempt()).isEqualTo(2);
  }

  /**
   * A requeued job would wait for a minute. In the very second in which it was killed Slurm 22.05
   * revokes the start ("Killing non-startable batch"), and calls that exit code 1.
   */
  private static void startSoon(String job) {
    CLUSTER.run("scontrol", "update", "JobId=" + job, "StartTime=now+2").expect(0);
  }

  /** A lost node and a preemption may be taken back; where they are not they are an end. */
  @Test
  void aJobEndsWithItsNodeOrByOneWithMoreRights() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess onNode = slurm.submit(site.noting("node")
        .shell("sleep 300")
        .nativeOptions("--nodelist=node2", "--no-requeue")
        .build());
    HPCProcess preempted = slurm.submit(site.noting("low")
        .shell("sleep 300")
        .resources(r -> r.qos("lowcancel").exclusive(true))
        .nativeOptions("--nodelist=node3")
        .build());
    awaitRunning(slurm, onNode);
    awaitRunning(slurm, preempted);
    HPCProcess first = slurm.submit(site.noting("high")
        .resources(r -> r.qos("high").exclusive(true))
        .nativeOptions("--nodelist=node3")
        .build());

    try (Fault killed = CLUSTER.killNode(2)) {
      assertThat(killed).isNotNull();
      assertThat(SlurmSite.end(first).state()).isEqualTo(JobState.COMPLETED);
      JobInfo end = SlurmSite.end(preempted);
      assertThat(end.state()).isEqualTo(JobState.FAILED);
      assertThat(end.cause()).isEqualTo(Cause.PREEMPTED);
      CLUSTER.awaitRecord(id(onNode), "NODE_FAIL 0:0");
    }
    Backend later = site.slurm(site.openAfter(Duration.ofMinutes(1)));
    SlurmSite.until("the grace is over", () -> look(later, onNode).state().isFinal());
    assertThat(look(later, onNode).cause()).isEqualTo(Cause.NODE_FAIL);
  }

  @Test
  void aPreemptedJobThatSlurmRequeuesIsNotOver() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess low = slurm.submit(site.noting("low")
        .shell("[[ -n $SLURM_RESTART_COUNT ]] || sleep 300; exit 6")
        .resources(r -> r.qos("low").exclusive(true))
        .nativeOptions("--nodelist=node4")
        .build());
    awaitRunning(slurm, low);
    SlurmSite.until("its script has begun", () -> site.starts("low").size() == 1);
    HPCProcess high = slurm.submit(site.noting("high")
        .resources(r -> r.qos("high").exclusive(true))
        .nativeOptions("--nodelist=node4")
        .build());

    assertThat(SlurmSite.end(high).state()).isEqualTo(JobState.COMPLETED);
    JobInfo waits = awaited(slurm, low, JobState.QUEUED);
    assertThat(waits.attempt()).isEqualTo(2);
    assertThat(low.onExit()).isNotDone();
    startSoon(id(low));

    JobInfo end = SlurmSite.end(low);
    assertThat(end.attempt()).isEqualTo(2);
    assertThat(end.exitCode()).isEqualTo(6);
    assertThat(site.starts("low")).containsExactly(id(low), id(low));
  }

  // ---- states, not exit codes

  @Test
  void anExitCodeOfZeroIsNoSuccessWhereSlurmSaysOtherwise() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess cancelled = slurm.submit(
        site.noting("cancelled").shell("trap 'exit 0' TERM; sleep 300 & wait").build());
    HPCProcess expired = slurm.submit(site.noting("expired")
        .shell("trap 'exit 0' TERM; sleep 300 & wait")
        .walltime(Duration.ofMinutes(1))
        .build());
    HPCProcess greedy = slurm.submit(site.noting("greedy")
        .shell("head -c 300000000 /dev/zero | tail -c 300000000 >/dev/null; exit 0")
        .memory("100M")
        .build());
    awaitRunning(slurm, cancelled);
    awaitRunning(slurm, expired);
    CLUSTER.run("scancel", id(cancelled)).expect(0);
    CLUSTER.expire(id(expired));

    assertThat(SlurmSite.end(cancelled).state()).isEqualTo(JobState.CANCELLED);
    assertThat(SlurmSite.end(expired).cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(SlurmSite.end(greedy).cause()).isEqualTo(Cause.OUT_OF_MEMORY);
  }

  @Test
  void slurmsStatesAreTakenAsTheyAreAndUnknownOnesEndNothing() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("states").shell("sleep 300").build());
    awaitRunning(slurm, job);
    Map<String, JobState> states = Map.of(
        "COMPLETING", JobState.RUNNING,
        "SUSPENDED", JobState.SUSPENDED,
        "BEWITCHED", JobState.UNKNOWN);
    for (Map.Entry<String, JobState> each : states.entrySet()) {
      String word = each.getKey();
      site.fault("squeue", "\"$real\" \"$@\" | sed 's/RUNNING/" + word + "/'", "exit 0");
      awaited(slurm, job, each.getValue());
      assertThat(job.onExit()).as(word).isNotDone();
    }
  }

  // ---- who tells the end

  @Test
  void anEndIsToldWhileAccountingIsDown() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job;
    HPCProcess forgotten;
    HPCProcess killed;
    try (Fault stopped = CLUSTER.stopAccounting()) {
      assertThat(stopped).isNotNull();
      job = slurm.submit(site.noting("plain").shell("exit 5").build());
      assertThat(SlurmSite.end(job).exitCode()).isEqualTo(5);

      // Nobody but the job's own record can tell.
      site.fault("squeue", "exit 0");
      forgotten = slurm.submit(site.noting("forgotten").shell("exit 6").build());
      assertThat(SlurmSite.end(forgotten).exitCode()).isEqualTo(6);

      // And here not even that.
      site.mend("squeue");
      killed = slurm.submit(site.noting("killed").shell("sleep 300").build());
      awaited(slurm, killed, JobState.RUNNING);
      SlurmSite.until("its script has begun", () -> !site.starts("killed").isEmpty());
      site.fault("squeue", "exit 0");
      killScript(killed);
      String ask = "squeue -h --states=all -o %T -j " + id(killed);
      SlurmSite.until(
          "it is killed", () -> CLUSTER.run(ask.split(" ", -1)).out().strip().equals("FAILED"));
      JobInfo unknown = awaited(slurm, killed, JobState.UNKNOWN);
      assertThat(unknown.reason()).contains("squeue has no job").contains("sacct ended with");
    }
    JobInfo end = SlurmSite.end(killed);
    assertThat(end.cause()).as(end.toString()).isEqualTo(Cause.SIGNAL);
    assertThat(end.signal()).isEqualTo(9);
  }

  /** Ends a job's script so that it cannot write how it ended; the nodes are on this machine. */
  private void killScript(HPCProcess job) throws Exception {
    for (Path folder : site.jobFolders()) {
      String[] announced = Files.readString(folder.resolve("announced")).split(" ", -1);
      if (announced[2].equals(id(job))) {
        ProcessHandle.of(Long.parseLong(announced[6])).orElseThrow().destroyForcibly();
      }
    }
  }

  @Test
  void aJobThatNobodyKnowsIsLostAfterADeadlineAndSaysWhy() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("gone").shell("sleep 300").build());
    awaitRunning(slurm, job);
    site.fault("squeue", "exit 0");
    site.fault("sacct", "exit 0");
    awaited(slurm, job, JobState.UNKNOWN);

    Backend later = site.slurm(site.openAfter(Duration.ofMinutes(6)));
    JobInfo lost = look(later, job);
    assertThat(lost.state()).isEqualTo(JobState.LOST);
    assertThat(lost.reason()).contains("squeue has no job").contains("sacct neither");

    // Later evidence corrects it.
    site.mend("squeue");
    site.mend("sacct");
    awaited(later, job, JobState.RUNNING);
  }

  @Test
  void withoutAccountingTheQueueAndTheJobsOwnRecordTellAll() throws Exception {
    Backend slurm = site.slurm(site.open(), Map.of("accounting", false));
    HPCProcess plain = slurm.submit(site.noting("plain").shell("exit 7").build());
    HPCProcess ok = slurm.submit(site.noting("ok").build());
    HPCProcess signal =
        slurm.submit(site.noting("signal").shell("kill -SEGV $$").build());

    assertThat(SlurmSite.end(plain).exitCode()).isEqualTo(7);
    assertThat(SlurmSite.end(ok).state()).isEqualTo(JobState.COMPLETED);
    assertThat(SlurmSite.end(signal).signal()).isEqualTo(11);
    assertThat(ok.info().wallTime()).isNotNull();
    assertThat(site.calls("sacct")).isEmpty();
  }

  @Test
  void aClusterThatKeepsNoAccountsIsNotAskedForThem() throws Exception {
    try (Fault without = CLUSTER.configured(
        "AccountingStorageType=accounting_storage/none",
        "AccountingStorageEnforce=",
        "AccountingStorageTRES=")) {
      assertThat(without).isNotNull();
      Backend slurm = site.slurm(site.open());
      HPCProcess job = slurm.submit(site.noting("job").shell("exit 8").build());
      assertThat(SlurmSite.end(job).exitCode()).isEqualTo(8);
      assertThat(job.info().wallTime()).isNotNull();

      HPCProcess forgotten = slurm.submit(site.noting("forgotten")
          .shell("until [[ -e " + site.folder() + "/go ]]; do sleep 0.1; done; exit 9")
          .build());
      awaitRunning(slurm, forgotten);
      site.forget(id(forgotten));
      JobInfo unknown = awaited(slurm, forgotten, JobState.UNKNOWN);
      assertThat(unknown.reason())
          .contains("squeue has no job", "nothing is kept of jobs that ended");
      Files.createFile(site.folder().resolve("go"));
      assertThat(SlurmSite.end(forgotten).exitCode()).isEqualTo(9);
      assertThat(site.calls("sacct")).isEmpty();
    }
  }

  /** A record that comes late, and one that is torn, are none yet. */
  @Test
  void aTornExitRecordSaysNothing() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("torn").shell("sleep 300").build());
    awaitRunning(slurm, job);
    site.fault("squeue", "exit 0");
    site.fault("sacct", "exit 0");
    Path record = site.jobFolders().get(0).resolve("exit");
    String torn = "v=1\nnative=" + id(job) + "\nindex=-\nattempt=1\nhost=n\nstarted=1.0\n"
        + "ended=2.0\nstatus=0\nsignal=-\ncause=-\nreason=-\ncpu_ms=1\npeak_kb=1\n";
    Files.writeString(record, torn);
    awaited(slurm, job, JobState.UNKNOWN);
    String token = record.getParent().getFileName().toString();
    Files.writeString(record, torn.replace("v=1\n", "v=1\ntoken=" + token + "\n") + "end\n");
    awaited(slurm, job, JobState.COMPLETED);
  }

  // ---- slurmctld

  @Test
  void aStoppedControllerIsToldAndSurvived() throws Exception {
    Backend slurm = site.slurm(site.open(), Map.of("command_timeout", 3));
    HPCProcess job =
        slurm.submit(site.noting("survives").shell("sleep 2; exit 9").build());
    awaitRunning(slurm, job);
    try (Fault paused = CLUSTER.pauseController()) {
      assertThat(paused).isNotNull();
      Instant before = Instant.now();
      JobInfo unknown = awaited(slurm, job, JobState.UNKNOWN);
      assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofSeconds(15));
      assertThat(unknown.reason()).contains("squeue");
      assertThat(job.onExit()).isNotDone();
    }
    assertThat(SlurmSite.end(job).exitCode()).isEqualTo(9);
  }

  @Tag("long")
  @Test
  void aControllerThatIsDownIsToldInSlurmsWords() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job =
        slurm.submit(site.noting("outlives").shell("sleep 2; exit 9").build());
    awaitRunning(slurm, job);
    try (Fault stopped = CLUSTER.stopController()) {
      assertThat(stopped).isNotNull();
      JobInfo unknown = awaited(slurm, job, JobState.UNKNOWN);
      assertThat(unknown.reason()).contains("squeue", "Unable to contact slurm controller");
      assertThatThrownBy(() -> slurm.submit(site.noting("refused").build()))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("Unable to contact slurm controller");
      assertThat(job.onExit()).isNotDone();
    }
    JobInfo end = SlurmSite.end(job);
    assertThat(end.exitCode()).isEqualTo(9);
    assertThat(end.attempt()).isEqualTo(1);
    assertThat(site.starts("outlives")).containsExactly(id(job));
    assertThat(site.starts("refused")).isEmpty();
  }
}
