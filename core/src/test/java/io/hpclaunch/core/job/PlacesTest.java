// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Observation;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.core.transport.LocalTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
    here.scheduler.say(id.nativeId(), JobState.COMPLETED);
    here.jobs.round();
  }

  // ---- jobs that are cleaned where they ran ------------------------------------------------------

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
    HPCProcess array = here.jobs.submit(
        Bench.job().toBuilder().array(ArrayRange.of(1, 3)).build());
    JobInfo running = JobInfo.builder(JobState.RUNNING).build();
    JobInfo ended = JobInfo.builder(JobState.COMPLETED).exitCode(0).build();
    here.scheduler.answers.put(
        array.id().nativeId(), new Observation.SeenArray(Map.of(1, running, 2, ended)));
    here.jobs.round();
    there.jobs.attach(array.id());
    List<HPCProcess> elements = there.jobs.attach(array.id()).elements();
    there.jobs.round();
    here.scheduler.answers.put(
        array.id().nativeId(),
        new Observation.SeenArray(Map.of(1, ended, 2, ended, 3, ended)));
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
}
