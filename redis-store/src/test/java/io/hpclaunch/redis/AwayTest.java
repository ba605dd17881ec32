// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, and is started again with what it had written. */
@Timeout(300)
class AwayTest {
  private static final int DEATHS = 4;

  @TempDir
  Path folder;

  private RedisServer server;
  private Site site;

  @BeforeEach
  void start() throws Exception {
    server = RedisServer.start(Files.createDirectory(folder.resolve("redis")));
    site = new Site(folder, server.store("test"));
  }

  @AfterEach
  void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void whileItIsAwayNothingIsSubmitted() throws Exception {
    JobSpec spec = JobSpec.builder("told").shell(site.tell()).build();
    try (HpcRuntime client = site.client("here")) {
      HPCProcess before = client.backend(Site.BACKEND).submit(spec);
      assertThat(before.waitFor().state()).isEqualTo(JobState.COMPLETED);
      server.kill();
      try (HpcRuntime fresh = site.client("there")) {
        for (HpcRuntime each : List.of(client, fresh)) {
          await()
              .untilAsserted(
                  () -> assertThatThrownBy(() -> each.backend(Site.BACKEND).submit(spec))
                      .isInstanceOf(BackendUnavailable.class)
                      .hasMessageContaining("redis://127.0.0.1:" + server.port() + "/0")
                      .hasMessageContaining("nothing was submitted")
                      .hasMessageNotContaining("\n"));
          assertThatThrownBy(() -> each.jobs().active())
              .isInstanceOf(BackendUnavailable.class)
              .hasMessageContaining("cannot be reached");
        }
      }
      assertThat(site.ran()).hasSize(1);
      server.start();
      await()
          .until(() ->
              client.backend(Site.BACKEND).submit(spec).waitFor().state() == JobState.COMPLETED);
    }
  }

  @Test
  void runningJobsAreFollowedAndFoundAgain() throws Exception {
    Path go = folder.resolve("go");
    JobSpec spec = JobSpec.builder("waits")
        .shell("until [ -e '" + go + "' ]; do sleep 0.1; done", site.tell())
        .build();
    try (HpcRuntime client = site.client("here")) {
      HPCProcess job = client.backend(Site.BACKEND).submit(spec);
      await().until(() -> job.info().state() == JobState.RUNNING);
      server.kill();
      Files.createFile(go);
      assertThat(job.waitFor().state())
          .as("told while the store is away")
          .isEqualTo(JobState.COMPLETED);
      server.start();
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptionsInstanceOf(BackendUnavailable.class)
          .untilAsserted(() -> assertThat(Site.jobs(client))
              .singleElement()
              .satisfies(known -> assertThat(known.info().state())
                  .as("written down once it is back")
                  .isEqualTo(JobState.COMPLETED)));
    }
  }

  /** What was promised is known, what was refused did not run, and nothing ran twice. */
  @Test
  void deathsInTheMiddleOfSubmissionsLoseAndDoubleNothing() throws Exception {
    Queue<JobId> promised = new ConcurrentLinkedQueue<>();
    Queue<String> refusals = new ConcurrentLinkedQueue<>();
    AtomicBoolean over = new AtomicBoolean();
    try (HpcRuntime client = site.client("here")) {
      Thread submitting = new Thread(() -> submitUntil(over, client, promised, refusals));
      submitting.start();
      for (int i = 0; i < DEATHS; i++) {
        int before = promised.size();
        await().atMost(Duration.ofSeconds(60)).until(() -> promised.size() > before + 5);
        server.kill();
        int refused = refusals.size();
        await().atMost(Duration.ofSeconds(60)).until(() -> refusals.size() > refused);
        server.start();
      }
      int before = promised.size();
      await().atMost(Duration.ofSeconds(60)).until(() -> promised.size() > before + 5);
      over.set(true);
      submitting.join(TimeUnit.SECONDS.toMillis(60));
      assertThat(submitting.isAlive()).isFalse();
    }
    assertThat(refusals).allSatisfy(told -> assertThat(told).contains("nothing was submitted"));
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    try (HpcRuntime next = site.client("next", later)) {
      Site.awaitEnds(next);
      assertThat(site.ran()).doesNotHaveDuplicates();
      assertThat(Site.jobs(next)).extracting(KnownJob::id).containsAll(promised);
      assertThat(Site.tokens(next)).containsAll(site.ran());
      assertThat(next.jobs().unsettled()).isEmpty();
      assertThat(folders()).as("no folder is nobody's").isSubsetOf(Site.tokens(next));
    }
  }

  private List<String> folders() throws Exception {
    try (Stream<Path> all = Files.list(site.workspace().resolve("jobs"))) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }

  private void submitUntil(
      AtomicBoolean over, HpcRuntime client, Queue<JobId> promised, Queue<String> refusals) {
    JobSpec spec = JobSpec.builder("told").shell(site.tell()).build();
    Backend backend = client.backend(Site.BACKEND);
    while (!over.get()) {
      try {
        promised.add(backend.submit(spec).id());
      } catch (BackendUnavailable e) {
        refusals.add(String.valueOf(e.getMessage()));
      }
    }
  }
}
