// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.JobRecord;
import io.hpclaunch.core.store.JobStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredJobsTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  @TempDir
  Path folder;

  private JobStore store;
  private StoredJobs jobs;

  @BeforeEach
  void open() {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    ClientState client = new ClientState(folder, false, clock);
    store = client.store();
    jobs = new StoredJobs(client);
  }

  private JobRecord save(String id, JobState state, Instant ended) throws IOException {
    JobInfo info = JobInfo.builder(state).ended(ended).build();
    return store.save(
        JobRecord.of(Token.random(), JobId.parse(id), "n", "/f", info, NOW.minusSeconds(9)));
  }

  @Test
  void anIdIsWhatItsRecordSays() throws IOException {
    JobRecord job = save("c:0a1b2c3d-1111", JobState.QUEUED, null);
    save("d:0a1b2c3d-1111", JobState.QUEUED, null);
    save("d:0a99", JobState.QUEUED, null);
    assertThat(jobs.resolve("c:0a1b2c3d-1111", "x")).isEqualTo(job.id());
    assertThat(jobs.resolve("c:0a", "x")).isEqualTo(job.id());
    assertThat(jobs.resolve("0a9", "c")).hasToString("d:0a99");
    assertThat(jobs.resolve(job.token().value(), "x")).isEqualTo(job.id());
    assertThat(jobs.resolve("c:0a/3", "x")).isEqualTo(job.id().element(3));
    assertThat(jobs.resolve("c:nothing", "x")).hasToString("c:nothing");
    assertThat(jobs.resolve("4711", "x")).hasToString("x:4711");
    assertThatThrownBy(() -> jobs.resolve("d:0a", "c"))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContainingAll("d:0a1b2c3d-1111", "d:0a99");
    assertThatThrownBy(() -> jobs.resolve("a b", "c")).isInstanceOf(InvalidJob.class);
  }

  @Test
  void aWholeIdBeatsALongerOneThatBeginsWithIt() throws IOException {
    save("c:12", JobState.QUEUED, null);
    save("c:123", JobState.QUEUED, null);
    assertThat(jobs.resolve("12", "c")).hasToString("c:12");
  }

  @Test
  void schedulersOwnWaysToWriteAnElementAreUnderstood() {
    assertThat(jobs.resolve("42_7", "slurm")).hasToString("slurm:42/7");
    assertThat(jobs.resolve("pbs:12[3].server", "x")).hasToString("pbs:12[].server/3");
    assertThat(jobs.resolve("pbs:12[].server", "x")).hasToString("pbs:12[].server");
  }

  @Test
  void whatEndedIsListedByItsEnd() throws IOException {
    save("c:1", JobState.QUEUED, null);
    JobRecord early = save("c:2", JobState.COMPLETED, NOW.minus(Duration.ofHours(30)));
    JobRecord late = save("c:3", JobState.CANCELLED, NOW.minus(Duration.ofHours(2)));
    assertThat(jobs.active().jobs()).extracting(KnownJob::id).containsExactly(JobId.parse("c:1"));
    assertThat(jobs.ended(NOW.minus(Duration.ofDays(1))).jobs())
        .extracting(KnownJob::id)
        .containsExactly(late.id());
    assertThat(jobs.ended(NOW.minus(Duration.ofDays(2))).jobs())
        .extracting(KnownJob::id)
        .containsExactlyInAnyOrder(early.id(), late.id());
  }

  @Test
  void onlyWhatHasEndedIsForgotten() throws IOException {
    JobRecord active = save("c:1", JobState.RUNNING, null);
    JobRecord ended = save("c:2", JobState.FAILED, NOW);
    jobs.forget(ended.id());
    jobs.forget(ended.id());
    assertThat(jobs.find(ended.id())).isEmpty();
    assertThatThrownBy(() -> jobs.forget(active.id())).isInstanceOf(InvalidJob.class);
  }
}
