// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Token;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.script.JobScript;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.transport.LocalTransport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients of two hosts, each with job folders and a scheduler of its own, share one store. */
class PlacesTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir
  Path folder;

  private Bench here;
  private Bench there;

  @BeforeEach
  void open() {
    here = Bench.sharing(folder, "here", new LocalTransport());
    there = Bench.sharing(folder, "there", new LocalTransport());
  }

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  private void end(JobId id) {
    end(here, id);
  }

  private static void end(Bench client, JobId id) {
    client.scheduler.say(id.nativeId(), JobState.COMPLETED);
    client.jobs.round();
  }

  // ---- jobs that are cleaned where they ran
  // ------------------------------------------------------

  @Test
  void whoFollowsAJobOfAnotherPlaceIsToldItsEnd() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    HPCProcess followed = there.jobs.attach(job.id());
    there.jobs.round();
    assertThat(followed.info().state()).isEqualTo(JobState.QUEUED);
    end(job.id());
    there.jobs.round();
    assertThat(followed.waitFor(SOON).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void aJobOfAnotherPlaceThatIsCleanedBeforeTheNextLookIsLost() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    HPCProcess followed = there.jobs.attach(job.id());
    end(job.id());
    here.jobs.clean(job.id());
    there.jobs.round();
    JobInfo told = followed.waitFor(SOON).orElseThrow();
    assertThat(told.state()).isEqualTo(JobState.LOST);
    assertThat(told.reason()).contains("record was removed");
    assertThat(there.jobs.followed()).isZero();
    assertThat(there.client.store().find(job.id())).as("it stays removed").isEmpty();
  }

  @Test
  void soAreTheElementsThatHadNotEnded() throws Exception {
    HPCProcess array =
        here.jobs.submit(Bench.job().toBuilder().array(ArrayRange.of(1, 3)).build());
    JobInfo running = JobInfo.builder(JobState.RUNNING).build();
    JobInfo ended = JobInfo.builder(JobState.COMPLETED).exitCode(0).build();
    here.scheduler.answers.put(
        array.id().nativeId(), new Observation.SeenArray(Map.of(1, running, 2, ended)));
    here.jobs.round();
    there.jobs.attach(array.id());
    List<HPCProcess> elements = there.jobs.attach(array.id()).elements();
    there.jobs.round();
    here.scheduler.answers.put(
        array.id().nativeId(), new Observation.SeenArray(Map.of(1, ended, 2, ended, 3, ended)));
    here.jobs.round();
    here.jobs.clean(array.id());
    there.jobs.round();
    assertThat(elements)
        .extracting(element -> element.waitFor(SOON).orElseThrow().state())
        .containsExactly(JobState.LOST, JobState.COMPLETED, JobState.LOST);
  }

  /** A second loss is no news to a record; that nobody tells more of the job is. */
  @Test
  void soIsAJobWhoseLossWasCorrectedBefore() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    here.scheduler.answers.put(job.id().nativeId(), Observation.notKnown("no such job"));
    here.jobs.round();
    here.pass(Judge.LOST_AFTER);
    here.jobs.round();
    assertThat(job.info().state()).isEqualTo(JobState.LOST);
    here.scheduler.say(job.id().nativeId(), JobState.RUNNING);
    assertThat(here.jobs.status(List.of(job.id())).get(job.id()).state())
        .isEqualTo(JobState.RUNNING);
    HPCProcess followed = there.jobs.attach(job.id());
    here.scheduler.say(job.id().nativeId(), JobState.COMPLETED);
    here.jobs.status(List.of(job.id()));
    here.jobs.clean(job.id());
    there.jobs.round();
    assertThat(followed.waitFor(SOON).orElseThrow().state()).isEqualTo(JobState.LOST);
  }

  @Test
  void aHeldJobThatAnotherClientCancelsAndCleansHasEnded() throws Exception {
    Bench neighbour = Bench.sharing(folder, "here", new LocalTransport());
    try (neighbour) {
      here.scheduler.failBefore(Rejected.noRoom("full"));
      HPCProcess held = here.jobs.submit(Bench.job());
      HPCProcess followed = neighbour.jobs.attach(held.id());
      here.scheduler.failBefore(Rejected.noRoom("still full"));
      here.jobs.cancel(List.of(held.id()));
      here.jobs.clean(held.id());
      neighbour.jobs.round();
      assertThat(followed.waitFor(SOON).orElseThrow().state()).isEqualTo(JobState.LOST);
    }
  }

  /** Who follows it asks once more before that is known. */
  @Test
  void aJobOfThisPlaceThatAnotherClientCleansIsNotWrittenAgain() throws Exception {
    try (Bench neighbour = Bench.sharing(folder, "here", new LocalTransport())) {
      HPCProcess seen = here.jobs.submit(Bench.job());
      HPCProcess forgotten = here.jobs.submit(Bench.job());
      List<HPCProcess> followed =
          List.of(neighbour.jobs.attach(seen.id()), neighbour.jobs.attach(forgotten.id()));
      neighbour.scheduler.say(seen.id().nativeId(), JobState.COMPLETED);
      neighbour.scheduler.answers.remove(forgotten.id().nativeId());
      for (HPCProcess each : List.of(seen, forgotten)) {
        end(each.id());
        here.jobs.clean(each.id());
      }
      neighbour.jobs.round();
      assertThat(followed)
          .extracting(each -> each.waitFor(SOON).orElseThrow().state())
          .containsExactly(JobState.COMPLETED, JobState.LOST);
      assertThat(here.client.store().find(seen.id())).isEmpty();
      assertThat(here.client.store().find(forgotten.id())).isEmpty();
      assertThat(here.client.store().active()).isEmpty();
    }
  }

  // ---- places whose name is lost
  // -----------------------------------------------------------------

  private Path place(String host) {
    return folder.resolve(host).resolve("jobs").resolve(".place");
  }

  private Bench newcomer() {
    here.close();
    here = Bench.sharing(folder, "here", new LocalTransport());
    here.scheduler.idsAreTokens = true; // no id twice
    return here;
  }

  @Test
  void aPlaceIsKnownByItsJobsWhereItsNameIsLost() throws Exception {
    HPCProcess old = here.jobs.submit(Bench.job());
    String name = Files.readString(place("here"));
    Files.delete(place("here"));
    newcomer();
    here.scheduler.say(old.id().nativeId(), JobState.RUNNING);
    JobInfo seen = here.jobs.status(List.of(old.id())).get(old.id());
    assertThat(seen.state()).isEqualTo(JobState.RUNNING);
    assertThat(seen.reason()).isNull();
    here.jobs.submit(Bench.job());
    assertThat(place("here")).hasContent(name);
  }

  @Test
  void jobsWithoutAFolderAreThenOfThisPlaceToo() throws Exception {
    HPCProcess old = here.jobs.submit(Bench.job());
    here.jobs.submit(Bench.job());
    new LocalTransport().remove(here.client.store().find(old.id()).orElseThrow().jobFolder());
    Files.delete(place("here"));
    newcomer();
    here.scheduler.say(old.id().nativeId(), JobState.COMPLETED);
    here.jobs.status(List.of(old.id()));
    here.jobs.clean(old.id());
    assertThat(here.client.store().find(old.id())).isEmpty();
  }

  /** What users write in their jobs is no name of a place. */
  @Test
  void aPlaceIsNotNamedByWhatAJobSays() throws Exception {
    here.jobs.submit(JobSpec.builder("{\"version\":1,\"place\":\"p\"")
        .command("echo", "{\"version\":1,\"place\":\"p\"", "\n{\"version\":1,\"place\":\"p\"")
        .environment("place", "p")
        .build());
    String name = Files.readString(place("here"));
    Files.delete(place("here"));
    newcomer().jobs.submit(Bench.job());
    assertThat(place("here")).hasContent(name);
  }

  /** All folders are gone: only somebody who knows can say so. */
  @Test
  void aPlaceIsGivenAnOldNameByHand() throws Exception {
    HPCProcess old = here.jobs.submit(Bench.job());
    String name = Files.readString(place("here"));
    new LocalTransport().remove(folder.resolve("here").resolve("jobs").toString());
    newcomer().jobs.submit(Bench.job());
    assertThatThrownBy(() -> here.jobs.cancel(List.of(old.id())))
        .isInstanceOf(BackendUnavailable.class)
        .hasMessageContaining("another place")
        .hasMessageContaining(name.strip());
    Files.writeString(place("here"), name, StandardOpenOption.APPEND);
    newcomer().jobs.cancel(List.of(old.id()));
    assertThat(here.scheduler.cancelled).containsExactly(old.id().nativeId());
    HPCProcess young = here.jobs.submit(Bench.job());
    assertThat(here.client.store().find(young.id()).orElseThrow().place())
        .isNotEqualTo(name.strip());
  }

  @Test
  void twoPlacesHaveTwoNames() throws Exception {
    here.jobs.submit(Bench.job());
    there.jobs.submit(Bench.job());
    assertThat(Files.readString(place("here"))).isNotEqualTo(Files.readString(place("there")));
  }

  // ---- lists of jobs
  // -----------------------------------------------------------------------------

  /** As the shell backend's clients with state folders of their own. */
  @Test
  void whoHasAnotherListOfJobsInOneWorkspaceNeitherDeniesNorCancelsNorCleansAJob()
      throws Exception {
    try (Bench mine = Bench.listing(folder, "mine");
        Bench other = Bench.listing(folder, "other")) {
      HPCProcess job = mine.jobs.submit(Bench.job());
      mine.scheduler.say(job.id().nativeId(), JobState.RUNNING);
      mine.jobs.round();
      JobInfo told = other.jobs.status(List.of(job.id())).get(job.id());
      assertThat(told.state()).isEqualTo(JobState.RUNNING);
      assertThat(told.reason()).contains("where it was submitted");
      assertThatThrownBy(() -> other.jobs.cancel(List.of(job.id())))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining(folder.resolve("mine").toString())
          .hasMessageContaining(folder.resolve("other").toString())
          .hasMessageContaining("HPC_STATE_DIR")
          .hasMessageNotContaining("\n");
      assertThat(other.scheduler.cancelled).isEmpty();
      assertThat(other.client.store().find(job.id()).orElseThrow().wish().whole())
          .isFalse();
      assertThat(other.jobs.logs(job.id())).as("its folder is here").isNotNull();
      mine.scheduler.say(job.id().nativeId(), JobState.COMPLETED);
      mine.jobs.round();
      assertThat(other.jobs.status(List.of(job.id())).get(job.id()).state())
          .isEqualTo(JobState.COMPLETED);
      assertThatThrownBy(() -> other.jobs.clean(job.id())).isInstanceOf(BackendUnavailable.class);
      mine.jobs.clean(job.id());
      assertThat(other.client.store().find(job.id())).isEmpty();
    }
  }

  @Test
  void clientsWithOneListOfJobsSeeTheSame() throws Exception {
    try (Bench one = Bench.listing(folder, "mine");
        Bench two = Bench.listing(folder, "mine")) {
      HPCProcess job = one.jobs.submit(Bench.job());
      two.jobs.cancel(List.of(job.id()));
      assertThat(two.scheduler.cancelled).containsExactly(job.id().nativeId());
    }
  }

  /** What a client submits at this moment is in its list, and in its folder in all workspaces. */
  @Test
  void aSubmissionOfAnotherListIsNotTakenOver() throws Exception {
    try (Bench mine = Bench.listing(folder, "mine");
        Bench other = Bench.listing(folder, "other")) {
      Token token = Token.random();
      JobId id = mine.jobs.submit(Bench.job(), token).id();
      Path job = folder.resolve("workspace/jobs").resolve(token.value());
      Files.writeString(job.resolve(JobScript.claimName(null)), id.nativeId().value());
      end(mine, id);
      mine.register.forget(id);
      assertThatThrownBy(() -> other.jobs.submit(Bench.job(), token))
          .isInstanceOf(OutcomeUnknown.class);
    }
  }

  // ---- lists of jobs of one state folder
  // -------------------------------------------------------

  /** A job in a list, and the next client, whose configuration names another folder for it. */
  private JobId runningInList(String name) {
    try (Bench before = Bench.listingAlone(folder, name)) {
      JobId id = before.jobs.submit(Bench.job()).id();
      before.scheduler.say(id.nativeId(), JobState.RUNNING);
      before.jobs.round();
      return id;
    }
  }

  private static JobInfo told(Bench client, JobId id) {
    return client.jobs.status(List.of(id)).get(id);
  }

  @Test
  void aJobOfTheListBeforeIsNeitherLostNorCancelled() throws Exception {
    JobId id = runningInList("before");
    try (Bench now = Bench.listingAlone(folder, "now")) {
      JobInfo told = told(now, id);
      assertThat(told.state()).isEqualTo(JobState.UNKNOWN);
      assertThat(told.reason())
          .contains(folder.resolve("before").toString(), folder.resolve("now").toString());
      assertThatThrownBy(() -> now.jobs.cancel(List.of(id)))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining(folder.resolve("before").toString());
      now.pass(Judge.LOST_AFTER);
      assertThat(told(now, id).state()).isEqualTo(JobState.UNKNOWN);
      now.pass(Judge.LOST_AFTER);
      assertThat(told(now, id).state()).isEqualTo(JobState.UNKNOWN);
      assertThat(now.client.store().find(id).orElseThrow().last().info().state())
          .isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void soIsOneThatWasToEndWhenTheListWasChanged() throws Exception {
    JobId id = runningInList("before");
    try (Bench before = Bench.listingAlone(folder, "before")) {
      before.jobs.cancel(List.of(id));
    }
    try (Bench now = Bench.listingAlone(folder, "now")) {
      told(now, id);
      now.pass(Judge.GRACE);
      assertThat(told(now, id).state()).isEqualTo(JobState.UNKNOWN);
    }
  }

  @Test
  void itsOwnRecordTellsItsEndAndThenItCanBeCleaned() throws Exception {
    JobId id = runningInList("before");
    try (Bench now = Bench.listingAlone(folder, "now")) {
      JobRecord record = now.client.store().find(id).orElseThrow();
      Files.writeString(
          Path.of(record.jobFolder(), "exit"),
          "v=1\ntoken=" + record.token() + "\nnative=" + id.nativeId()
              + "\nindex=-\nattempt=1\nstatus=0\nsignal=-\ncause=-\nend\n");
      assertThat(told(now, id).state()).isEqualTo(JobState.COMPLETED);
      now.jobs.clean(id);
      assertThat(now.client.store().find(id)).isEmpty();
    }
  }

  @Test
  void aListThatIsGoneForGoodKeepsNothing() throws Exception {
    JobId id = runningInList("before");
    new LocalTransport().remove(folder.resolve("before").toString());
    try (Bench now = Bench.listingAlone(folder, "now")) {
      assertThat(told(now, id).state()).isEqualTo(JobState.UNKNOWN);
      now.pass(Judge.LOST_AFTER);
      assertThat(told(now, id).state()).isEqualTo(JobState.LOST);
    }
  }

  /** As of hosts with one home folder, whose lists are in folders of their own. */
  @Test
  void aListOfAnotherHostMayStandThere() throws Exception {
    Path list = Files.createDirectory(folder.resolve("before"));
    Files.writeString(list.resolve(".place"), "a-name another-host:" + list + "\n");
    JobId id = runningInList("before");
    new LocalTransport().remove(list.toString());
    try (Bench now = Bench.listingAlone(folder, "now")) {
      told(now, id);
      now.pass(Judge.LOST_AFTER);
      JobInfo told = told(now, id);
      assertThat(told.state()).isEqualTo(JobState.UNKNOWN);
      assertThat(told.reason()).contains("another-host:");
    }
  }

  @Test
  void aListThatWasMovedIsTheSame() throws Exception {
    JobId id = runningInList("before");
    Files.move(folder.resolve("before"), folder.resolve("now"));
    try (Bench now = Bench.listingAlone(folder, "now")) {
      now.scheduler.say(id.nativeId(), JobState.RUNNING);
      assertThat(told(now, id).state()).isEqualTo(JobState.RUNNING);
    }
  }

  @Test
  void theWorkspacesNameIsFoundAgainWithoutTheLists() throws Exception {
    try (Bench mine = Bench.listing(folder, "mine")) {
      mine.jobs.submit(Bench.job());
      String name = Files.readString(place("workspace"));
      Files.delete(place("workspace"));
      try (Bench next = Bench.listing(folder, "other")) {
        next.jobs.submit(Bench.job());
        assertThat(place("workspace")).hasContent(name);
      }
    }
  }

  @Test
  void whoLooksWhileAnotherLooksWaitsForWhatIsFound() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    CountDownLatch looking = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Transport slow = mock(
        LocalTransport.class,
        withSettings().spiedInstance(new LocalTransport()).defaultAnswer(invocation -> {
          if (invocation.getMethod().getName().equals("read")) {
            looking.countDown();
            go.await();
          }
          return invocation.callRealMethod();
        }));
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Bench late = Bench.sharing(folder, "here", slow)) {
      late.scheduler.say(job.id().nativeId(), JobState.RUNNING);
      Callable<JobState> look =
          () -> late.jobs.status(List.of(job.id())).get(job.id()).state();
      Future<JobState> first = threads.submit(look);
      looking.await();
      Future<JobState> second = threads.submit(look);
      assertThatThrownBy(() -> second.get(200, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      go.countDown();
      assertThat(first.get()).isEqualTo(JobState.RUNNING);
      assertThat(second.get()).isEqualTo(JobState.RUNNING);
    } finally {
      threads.shutdownNow();
    }
  }

  // ---- hosts that are away
  // -----------------------------------------------------------------------

  /** A client on another host, which reaches the job folders by a connection that is down. */
  private Bench cutOff() {
    Transport down = mock(Transport.class, invocation -> {
      if (invocation.getMethod().getName().equals("host")) {
        return "cluster";
      }
      throw new BackendUnavailable("cluster cannot be reached: No route to host");
    });
    return Bench.sharing(folder, "here", down);
  }

  @Test
  void aHostThatIsAwayIsNoOtherPlace() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    try (Bench away = cutOff()) {
      JobInfo told = away.jobs.status(List.of(job.id())).get(job.id());
      assertThat(told.state()).isEqualTo(JobState.UNKNOWN);
      assertThat(told.reason()).contains("No route to host").doesNotContain("as was seen");
      for (ThrowingCallable refused : List.<ThrowingCallable>of(
          () -> away.jobs.cancel(List.of(job.id())), () -> away.jobs.logs(job.id()))) {
        assertThatThrownBy(refused)
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("No route to host")
            .hasMessageNotContaining("another place");
      }
    }
  }

  @Test
  void whatOthersSawOfAJobIsToldAlsoWhileItsHostIsAway() throws Exception {
    HPCProcess job = here.jobs.submit(Bench.job());
    try (Bench away = cutOff()) {
      HPCProcess followed = away.jobs.attach(job.id());
      end(job.id());
      away.jobs.round();
      assertThat(followed.waitFor(SOON).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
    }
  }
}
