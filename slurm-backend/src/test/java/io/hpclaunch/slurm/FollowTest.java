// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.QueueReporter;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is asked of Slurm while jobs are followed, and what is told of them. */
@Timeout(240)
class FollowTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @RegisterExtension
  final SlurmSite site = new SlurmSite(CLUSTER);

  private static String id(HPCProcess job) {
    return job.id().nativeId().value();
  }

  // ---- how often Slurm is asked

  @Test
  void allJobsAreAskedForAndCancelledInOneCall() throws Exception {
    followAndCancel(150);
  }

  @Tag("long")
  @Test
  void aThousandJobsAreAskedForAndCancelledInOneCall() throws Exception {
    followAndCancel(1000);
  }

  private void followAndCancel(int many) throws Exception {
    Backend slurm = site.slurm(site.open());
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      ids.add(slurm.submit(site.noting("many").nativeOptions("--hold").build()).id());
    }
    Backend other = site.slurm(site.open());
    int before = site.calls("squeue").size();
    long rounds = 4;
    for (int i = 0; i < rounds; i++) {
      Map<JobId, JobInfo> told = other.status(ids);
      assertThat(told.values()).hasSize(many).allMatch(info -> info.state() == JobState.HELD);
    }
    // The monitor of the one who submitted may have asked between, once for each answer at most.
    assertThat(site.calls("squeue").size() - before).isLessThanOrEqualTo((int) rounds * 2);
    assertThat(site.calls("sacct")).isEmpty();

    slurm.cancel(ids);
    assertThat(site.calls("scancel")).hasSize(1);
    SlurmSite.until(
        "all are cancelled",
        () -> slurm.status(ids).values().stream()
            .allMatch(info -> info.state() == JobState.CANCELLED));
    assertThat(site.calls("sacct")).as("accounts, many ids a call").hasSizeLessThan(30);
  }

  /** Two clients of one user that look in the same second. */
  @Test
  void clientsShareAnAnswer() {
    Backend one = site.slurm(site.open());
    JobId id = one.submit(site.noting("shared").nativeOptions("--hold").build()).id();
    one.status(List.of(id));
    List<Backend> clients = List.of(site.slurm(site.open()), site.slurm(site.open()));
    int before = site.calls("squeue").size();
    for (int i = 0; i < 10; i++) {
      clients.forEach(client ->
          assertThat(client.status(List.of(id)).get(id).state()).isEqualTo(JobState.HELD));
    }
    assertThat(site.calls("squeue").size() - before).as("of 20 questions").isLessThan(10);
  }

  // ---- what an answer says

  @Test
  void aFailedQuerySaysNothingAboutJobs() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("alive")
        .shell("until [[ -e " + site.folder() + "/go ]]; do sleep 0.1; done; exit 2")
        .build());
    for (String failure : List.of(
        "echo 'slurm_load_jobs error: Unexpected message received' >&2; exit 1",
        "echo 'garbage of 3 words'; exit 0",
        "kill -KILL $$")) {
      site.fault("squeue", failure);
      SlurmSite.until(
          failure, () -> slurm.status(List.of(job.id())).get(job.id()).state() == JobState.UNKNOWN);
      assertThat(job.onExit()).isNotDone();
    }
    site.mend("squeue");
    Files.createFile(site.folder().resolve("go"));
    assertThat(SlurmSite.end(job).exitCode()).isEqualTo(2);
  }

  /** The queue lists another job under the id; its folder tells that it is not ours. */
  @Test
  void anotherJobUnderTheSameIdIsNotOurs() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("mine").nativeOptions("--hold").build());
    String other = "s#/jobs/h[0-9a-z]*#/jobs/h0000000000000000000000000#g";
    for (String command : List.of("squeue", "sacct")) {
      site.fault(
          command,
          "\"$real\" \"$@\" | sed 's/JobHeldUser/None/;s/PENDING/COMPLETED/;" + other + "'",
          "exit 0");
    }
    SlurmSite.until(
        "it is denied",
        () -> slurm.status(List.of(job.id())).get(job.id()).state() == JobState.UNKNOWN);
    assertThat(slurm.status(List.of(job.id())).get(job.id()).reason()).contains("another one");
    assertThat(job.onExit()).isNotDone();
  }

  /** The answer leaves a job out that others than its user's listing know. */
  @Test
  void aJobThatTheListLeavesOutIsAskedForAgain() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job =
        slurm.submit(site.noting("left-out").nativeOptions("--hold").build());
    site.fault("squeue", "[[ \" $* \" != *' --me '* ]] || exit 0");

    for (int i = 0; i < 5; i++) {
      assertThat(slurm.status(List.of(job.id())).get(job.id()).state()).isEqualTo(JobState.HELD);
    }
    assertThat(site.calls("squeue")).anyMatch(call -> call.contains("--jobs=" + id(job)));
  }

  @Test
  void aJobThatIsMovedToAnotherPartitionIsFollowed() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess job = slurm.submit(site.noting("moved")
        .queue("debug")
        .nativeOptions("--hold")
        .shell("exit 3")
        .build());
    CLUSTER.run("scontrol", "update", "JobId=" + id(job), "Partition=long").expect(0);
    assertThat(slurm.status(List.of(job.id())).get(job.id()).state()).isEqualTo(JobState.HELD);
    CLUSTER.run("scontrol", "release", id(job)).expect(0);
    assertThat(SlurmSite.end(job).exitCode()).isEqualTo(3);
    String ask = "squeue -h --states=all -o %P -j " + id(job);
    assertThat(CLUSTER.run(ask.split(" ", -1)).out().strip()).isEqualTo("long");
  }

  @Test
  void jobsOfAnyStateCanBeCancelledTogether() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess done = slurm.submit(site.noting("done").build());
    HPCProcess held = slurm.submit(site.noting("held").nativeOptions("--hold").build());
    HPCProcess runs = slurm.submit(site.noting("runs").shell("sleep 300").build());
    HPCProcess array = slurm.submit(
        site.noting("array").shell("sleep 300").array(ArrayRange.parse("1-4%1")).build());
    SlurmSite.end(done);
    SlurmSite.until("it runs", () -> !site.starts("runs").isEmpty());

    slurm.cancel(List.of(
        done.id(), held.id(), runs.id(), array.id(), new JobId("slurm", NativeId.of("999999"))));

    for (HPCProcess each : List.of(held, runs, array)) {
      assertThat(SlurmSite.end(each).state()).isEqualTo(JobState.CANCELLED);
    }
    assertThat(done.info().state()).isEqualTo(JobState.COMPLETED);
  }

  // ---- what is told of a job

  @Test
  void factsAreThoseOfTheAccounts() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess code = slurm.submit(site.noting("code").shell("exit 255").build());
    HPCProcess missing =
        slurm.submit(site.noting("missing").shell("no-such-command").build());
    HPCProcess busy = slurm.submit(site.noting("busy")
        .memory("600M")
        .shell(
            "x=$(head -c 200000000 /dev/zero | tr '\\0' x)",
            "end=$((SECONDS + 3)); while ((SECONDS < end)); do :; done")
        .build());

    assertThat(SlurmSite.end(code).exitCode()).isEqualTo(255);
    assertThat(code.info().cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(SlurmSite.end(missing).exitCode()).isEqualTo(127);
    JobInfo end = SlurmSite.end(busy);
    assertThat(end.state()).isEqualTo(JobState.COMPLETED);
    String[] told = CLUSTER
        .run("sacct", "-nXPj", id(busy), "-o", "ElapsedRaw,NodeList,AllocCPUS")
        .out()
        .strip()
        .split("\\|", -1);
    assertThat(end.wallTime()).isEqualTo(Duration.ofSeconds(Long.parseLong(told[0])));
    assertThat(end.nodes()).containsExactly(told[1]);
    assertThat(end.allocatedCpus()).isEqualTo(Integer.valueOf(told[2]));
    assertThat(end.cpuTime()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(30));
    assertThat((double) end.peakMemory()).isCloseTo(3e8, Offset.offset(1.5e8));
    assertThat(end.submitted()).isBeforeOrEqualTo(end.started());
    assertThat(Duration.between(end.started(), end.ended()).toSeconds())
        .isCloseTo(end.wallTime().toSeconds(), within(1L));
  }

  @Test
  void valuesArriveAsTheyAreAndNothingElseDoes() throws Exception {
    String odd = "a,b 'c' \"d\" $HOME `e` \\ ü\nnext";
    HPCProcess job = site.slurm(site.open())
        .submit(site.noting("odd")
            .environment("ODD", odd)
            .shell("printf '%s|%s' \"$ODD\" \"${MAVEN_CMD_LINE_ARGS-}${HPC_SLURM_HOME-}\"")
            .build());
    SlurmSite.end(job);
    assertThat(job.logs().stdout()).isEqualTo(odd + "|");
  }

  @Test
  void aFolderThatIsMissingIsAFailureWithAReason() throws Exception {
    Backend slurm = site.slurm(site.open());
    Files.createDirectories(site.folder().resolve("work/later"));
    HPCProcess job = slurm.submit(site.noting("nowhere")
        .workingDirectory(site.folder() + "/work/later")
        .prologue("rmdir " + site.folder() + "/work/later")
        .build());
    JobInfo end = SlurmSite.end(job);
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(end.reason()).contains("/work/later");
    assertThat(site.starts("nowhere")).isEmpty();
  }

  @Test
  void theQueueAndTheClusterAreTold() {
    Backend slurm = site.slurm(site.open());
    HPCProcess job =
        slurm.submit(site.noting("it's|in the queue").nativeOptions("--hold").build());

    assertThat(slurm.queue(true))
        .filteredOn(entry -> entry.id().equals(job.id().nativeId()))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.name()).isEqualTo("it's|in the queue");
          assertThat(entry.state()).isEqualTo(JobState.HELD);
        });
    assertThat(slurm.queue(false))
        .extracting(QueueReporter.Entry::id)
        .contains(job.id().nativeId());
    assertThat(slurm.resources().toString())
        .contains("queue=debug", "queue=long", "node[1-4]", "gpu=2");
  }
}
