// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static io.hpclaunch.pbs.PbsUser.awaited;
import static io.hpclaunch.pbs.PbsUser.id;
import static io.hpclaunch.pbs.PbsUser.look;
import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.QueueReporter;
import io.hpclaunch.api.ResourceReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is asked of PBS while jobs are followed, and what is told of them. */
@Timeout(240)
class FollowTest {
  @RegisterExtension
  final FakePbs pbs = FakePbs.openPbs("kill_delay=0.5");

  @RegisterExtension
  final PbsUser user = new PbsUser(pbs);

  private List<HPCProcess> held(Backend client, int many) {
    List<HPCProcess> jobs = new ArrayList<>();
    for (int i = 0; i < many; i++) {
      jobs.add(client.submit(user.noting("held").nativeOptions("-h").build()));
    }
    return jobs;
  }

  private static List<JobId> ids(List<HPCProcess> jobs) {
    return jobs.stream().map(HPCProcess::id).toList();
  }

  // ---- how often PBS is asked

  @Test
  void allJobsAreAskedForAndCancelledInOneCall() {
    followAndCancel(60);
  }

  @Tag("long")
  @Test
  void aThousandJobsAreAskedForInOneCall() {
    followAndCancel(1000);
  }

  private void followAndCancel(int many) {
    Backend client = user.pbs();
    List<JobId> ids = ids(held(client, many));
    Backend other = user.pbs();
    other.status(ids);
    long before = pbs.count("qstat");
    long rounds = 4;
    for (int i = 0; i < rounds; i++) {
      Map<JobId, JobInfo> told = other.status(ids);
      assertThat(told.values()).hasSize(many).allMatch(info -> info.state() == JobState.HELD);
    }
    // The monitor of the one who submitted may have asked between, once for each answer at most.
    assertThat(pbs.count("qstat") - before).isLessThanOrEqualTo(rounds * 2L);

    client.cancel(ids);
    assertThat(pbs.count("qdel")).isEqualTo((many + 199) / 200);
    before = pbs.count("qstat");
    Instant cancelled = Instant.now();
    PbsUser.until(
        "all are cancelled",
        () -> client.status(ids).values().stream()
            .allMatch(info -> info.state() == JobState.CANCELLED));
    long seconds = Duration.between(cancelled, Instant.now()).toSeconds() + 1;
    assertThat(pbs.count("qstat") - before).as("within %s s", seconds).isLessThan(4 * seconds + 4);
  }

  /** Two clients of one user that look in the same second. */
  @Test
  void clientsShareAnAnswer() {
    Backend one = user.pbs();
    JobId id = held(one, 1).get(0).id();
    one.status(List.of(id));
    List<Backend> clients = List.of(user.pbs(), user.pbs());
    long before = pbs.count("qstat");
    for (int i = 0; i < 10; i++) {
      clients.forEach(client ->
          assertThat(client.status(List.of(id)).get(id).state()).isEqualTo(JobState.HELD));
    }
    assertThat(pbs.count("qstat") - before).as("of 20 questions").isLessThan(10);
  }

  // ---- what an answer says

  @Test
  void aFailedQuerySaysNothingAboutJobs() throws Exception {
    Backend client = user.pbs();
    HPCProcess job =
        client.submit(user.noting("alive").shell(user.awaitGo() + "; exit 2").build());
    awaited(client, job, JobState.RUNNING);
    List<String> failures = List.of(
        "echo 'qstat: End of File' >&2; exit 1",
        "echo 'garbage of 3 words'; exit 0",
        "echo '{\"timestamp\": 1}'; echo 'qstat: Request timed out' >&2; exit 1",
        "kill -KILL $$",
        "exit 0");
    for (int i = 0; i < failures.size(); i++) {
      user.fault("qstat", failures.get(i));
      // Between the two a job that is denied would be lost.
      for (int minutes : new int[] {20 * i + 10, 20 * i + 20}) {
        JobInfo told = look(user.pbs(user.openAfter(Duration.ofMinutes(minutes))), job);
        assertThat(told.state()).as(failures.get(i) + told).isEqualTo(JobState.UNKNOWN);
      }
      assertThat(job.onExit()).isNotDone();
    }
    user.mend("qstat");
    user.go();
    assertThat(PbsUser.end(job).exitCode()).isEqualTo(2);
  }

  /** Each fault leaves some of the jobs out of the listing of all. */
  @Test
  void jobsThatTheListLeavesOutAreAskedForInAnotherWay() {
    List<JobId> ids = ids(held(user.pbs(), 30));
    List<String> faults = List.of(
        "missing=3.vm",
        "missing=3.vm,5.vm,29.vm",
        "json_broken=3.vm",
        "json_truncated=20",
        "json_truncated=4000");
    for (int i = 0; i < faults.size(); i++) {
      pbs.mend();
      pbs.fault(faults.get(i));
      Backend later = user.pbs(user.openAfter(Duration.ofMinutes(i + 1)));
      for (int round = 0; round < 2; round++) {
        assertThat(later.status(ids).values())
            .as(faults.get(i))
            .hasSize(30)
            .allMatch(info -> info.state() == JobState.HELD);
      }
    }
  }

  /** The list has another job under the id; its token tells that it is not ours. */
  @Test
  void anotherJobUnderTheSameIdIsNotOurs() {
    Backend client = user.pbs();
    HPCProcess job = held(client, 1).get(0);
    String other = "s#/jobs/h[0-9a-z]*#/jobs/h0000000000000000000000000#g;"
        + "s#\"h[0-9a-z]\\{25\\}\"#\"h0000000000000000000000000\"#g";
    user.fault(
        "qstat",
        "\"$real\" \"$@\" | sed 's/\"job_state\":\t\"H\"/\"job_state\":\t\"F\"/;" + other + "'",
        "exit 0");
    JobInfo told = awaited(client, job, JobState.UNKNOWN);
    assertThat(told.reason()).contains("another one");
    assertThat(job.onExit()).isNotDone();
  }

  /** A routing queue gives it to another, or an administrator does. */
  @Test
  void aJobThatIsMovedToAnotherQueueIsFollowed() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = client.submit(
        user.noting("moved").queue("workq").shell(user.awaitGo() + "; exit 3").build());
    awaited(client, job, JobState.RUNNING);
    user.fault("qstat", "\"$real\" \"$@\" | sed 's/workq/elsewhere/'", "exit 0");
    assertThat(look(client, job).state()).isEqualTo(JobState.RUNNING);
    user.go();
    assertThat(PbsUser.end(job).exitCode()).isEqualTo(3);
    assertThat(pbs.commands())
        .as("nobody asks for a queue")
        .filteredOn(command -> command.words().get(0).equals("qstat"))
        .noneMatch(command -> command.words().contains("workq"));
  }

  // ---- cancelling

  @Test
  void jobsOfAnyStateCanBeCancelledTogether() throws Exception {
    Backend client = user.pbs();
    HPCProcess done = client.submit(user.noting("done").build());
    HPCProcess held = held(client, 1).get(0);
    HPCProcess runs = client.submit(user.noting("runs").shell("sleep 99").build());
    HPCProcess array = client.submit(
        user.noting("array").shell("sleep 99").array(ArrayRange.parse("1-4%1")).build());
    PbsUser.end(done);
    PbsUser.until("it runs", () -> !user.starts("runs").isEmpty());

    client.cancel(List.of(
        done.id(), held.id(), runs.id(), array.id(), new JobId("pbs", NativeId.of("999.vm"))));

    for (HPCProcess each : List.of(held, runs, array)) {
      assertThat(PbsUser.end(each).state()).isEqualTo(JobState.CANCELLED);
    }
    assertThat(array.elements()).allMatch(element -> element.info().state() == JobState.CANCELLED);
    assertThat(done.info().state()).isEqualTo(JobState.COMPLETED);
    client.cancel(List.of(runs.id(), array.id()));
  }

  @Test
  void elementsAreCancelledAndTheOthersGoOn() throws Exception {
    Backend client = user.pbs();
    HPCProcess array = client.submit(user.noting("array")
        .shell(user.awaitGo())
        .array(ArrayRange.parse("1-6%3"))
        .build());
    PbsUser.until("three run", () -> user.starts("array").size() == 3);
    List<JobId> some = array.elements().stream()
        .filter(each -> List.of(2, 3, 5).contains(each.id().nativeId().index()))
        .map(HPCProcess::id)
        .toList();

    client.cancel(some);

    assertThat(pbs.commands())
        .filteredOn(command -> command.words().get(0).equals("qdel"))
        .singleElement()
        .extracting(FakePbs.Command::words)
        .isEqualTo(List.of("qdel", "0[2-3].vm", "0[5].vm"));
    user.go();
    PbsUser.end(array);
    for (HPCProcess element : array.elements()) {
      boolean isOne = some.contains(element.id());
      JobState state = isOne ? JobState.CANCELLED : JobState.COMPLETED;
      assertThat(element.info().state()).as(element.toString()).isEqualTo(state);
    }
    assertThat(user.starts("array")).noneMatch(id -> id.startsWith("0[5]"));
  }

  // ---- arrays

  @Test
  void anArrayOfOneElementIsToldAsAnArray() throws Exception {
    Backend client = user.pbs();
    HPCProcess array = client.submit(user.noting("one")
        .shell("echo $HPC_ARRAY_INDEX/$HPC_ARRAY_COUNT; exit 5")
        .array(ArrayRange.of(7, 7))
        .build());
    HPCProcess after = client.submit(
        user.noting("after").dependsOn(Dependency.afterAny(array.id())).build());

    assertThat(PbsUser.end(array).state()).isEqualTo(JobState.FAILED);
    assertThat(array.elements()).singleElement().satisfies(element -> {
      assertThat(element.id().nativeId().index()).isEqualTo(7);
      assertThat(element.info().exitCode()).isEqualTo(5);
      assertThat(element.logs().stdout()).isEqualTo("7/1\n");
    });
    assertThat(PbsUser.end(after).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void elementsAreToldOneByOne() throws Exception {
    Backend client = user.pbs();
    HPCProcess array = client.submit(user.noting("mixed")
        .shell("((HPC_ARRAY_INDEX > 2)) || exit $HPC_ARRAY_INDEX; " + user.awaitGo())
        .array(ArrayRange.parse("0-8:2"))
        .build());
    assertThat(array.elements()).hasSize(5);
    PbsUser.until(
        "two have ended",
        () -> array.elements().stream()
                .filter(each -> look(client, each).state().isFinal())
                .count()
            == 2);
    assertThat(look(client, array).state()).isEqualTo(JobState.RUNNING);
    user.go();

    assertThat(PbsUser.end(array).state()).isEqualTo(JobState.FAILED);
    for (HPCProcess element : array.elements()) {
      JobInfo info = element.info();
      boolean fails = element.id().nativeId().index() == 2;
      assertThat(info.state())
          .as(element.toString())
          .isEqualTo(fails ? JobState.FAILED : JobState.COMPLETED);
      assertThat(info.exitCode()).isEqualTo(fails ? 2 : 0);
    }
  }

  // ---- what is told of a job

  @Test
  void factsAreThoseOfPbs() throws Exception {
    Backend client = user.pbs();
    HPCProcess code = client.submit(user.noting("code").shell("exit 255").build());
    HPCProcess missing =
        client.submit(user.noting("missing").shell("no-such-command").build());
    HPCProcess busy = client.submit(user.noting("busy")
        .cpus(2)
        .shell("end=$((SECONDS + 4)); while ((SECONDS < end)); do :; done")
        .build());

    assertThat(PbsUser.end(code).exitCode()).isEqualTo(255);
    assertThat(code.info().cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(PbsUser.end(missing).exitCode()).isEqualTo(127);
    JobInfo end = PbsUser.end(busy);
    assertThat(end.state()).isEqualTo(JobState.COMPLETED);
    assertThat(end.wallTime()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(20));
    assertThat(end.cpuTime()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(10));
    assertThat(end.peakMemory()).isPositive();
    assertThat(end.nodes()).containsExactly("vm");
    assertThat(end.allocatedCpus()).isEqualTo(2);
    assertThat(end.submitted()).isBeforeOrEqualTo(end.started());
    assertThat(end.started()).isBefore(end.ended());
    assertThat(end.submitted())
        .as("PBS tells no zone")
        .isBetween(Instant.now().minusSeconds(120), Instant.now().plusSeconds(1));
  }

  @Test
  void valuesArriveAsTheyAreAndNothingElseDoes() throws Exception {
    String odd = "a,b 'c' \"d\" $HOME `e` \\ ü=\nnext,HPC_TOKEN=x\\";
    HPCProcess job = user.pbs()
        .submit(user.noting("odd")
            .environment("ODD", odd)
            .environment("EMPTY", "")
            .nativeOptions("-v", "MINE=1,ALSO='b,c'")
            .shell("printf '%s|' \"$ODD\" \"${EMPTY-unset}\" \"$MINE\" \"$ALSO\""
                + " \"${MAVEN_CMD_LINE_ARGS-}\"")
            .build());
    PbsUser.end(job);
    assertThat(job.logs().stdout()).isEqualTo(odd + "||1|b,c||");
  }

  /** The user's -v takes nothing from ours, by which a lost submission is found. */
  @Test
  void theTokenTravelsBesideTheUsersVariables() {
    Backend client = user.pbs();
    HPCProcess job = client.submit(
        user.noting("own").nativeOptions("-h", "-v", "A=1", "-N", "theirs").build());
    assertThat(pbs.run("qstat -fw " + id(job)).out())
        .containsPattern("Variable_List = .*HPC_TOKEN=h[0-9a-z]{25},A=1");
  }

  // ---- the cluster

  @Test
  void theQueueHasTheUsersNames() {
    Backend client = user.pbs();
    HPCProcess job =
        client.submit(user.noting("it's: 1 in the queue").nativeOptions("-h").build());
    pbs.run("qsub -h -N other", "sleep 9").expect(0);

    assertThat(client.queue(true))
        .filteredOn(entry -> entry.id().equals(job.id().nativeId()))
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.name()).isEqualTo("it's: 1 in the queue");
          assertThat(entry.state()).isEqualTo(JobState.HELD);
          assertThat(entry.nativeState()).isEqualTo("H");
          assertThat(entry.queue()).isEqualTo("workq");
        });
    assertThat(client.queue(false)).extracting(QueueReporter.Entry::name).contains("other");
    assertThat(pbs.jobs()).extracting(FakePbs.Job::name).contains("it_s__1_in_the_queue");
  }

  @Test
  void jobsThatEndedAreNotInTheQueue() throws Exception {
    Backend client = user.pbs();
    HPCProcess job = client.submit(user.noting("done").build());
    PbsUser.end(job);
    assertThat(client.queue(false)).isEmpty();
  }

  @Test
  void nodesAndQueuesAreTold() {
    pbs.fault("ngpus=2", "queues=workq,long");
    ResourceReport report = user.pbs().resources();
    assertThat(report.queues())
        .extracting(ResourceReport.Queue::name)
        .containsExactlyInAnyOrder("workq", "long");
    assertThat(report.queues())
        .filteredOn(ResourceReport.Queue::isDefault)
        .extracting(ResourceReport.Queue::name)
        .containsExactly("workq");
    assertThat(report.nodes()).singleElement().satisfies(group -> {
      assertThat(group.count()).isEqualTo(1);
      assertThat(group.cpusPerNode()).isEqualTo(8);
      assertThat(group.memoryPerNode()).isEqualTo(16L << 30);
      assertThat(group.gpusPerNode()).containsExactly(Map.entry("gpu", 4));
      assertThat(group.state()).isEqualTo("free");
    });
  }
}
