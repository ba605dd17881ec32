// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.Journal;
import io.hpclaunch.core.store.JournalEntry;
import io.hpclaunch.core.store.StateStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Clients with state folders of their own, as on several hosts, share the jobs of one Redis. */
@Timeout(400)
class SharedJobsTest {
  private static final int JOBS = Integer.getInteger("hpc.test.redisJobs", 2000);
  private static final int KILLED_CLIENTS = Integer.getInteger("hpc.test.killedClients", 6);
  private static final long SEED = 4711;

  @TempDir
  static Path data;

  private static RedisServer server;

  @TempDir
  Path folder;

  private final String prefix = "test:" + UUID.randomUUID();
  private Site site;

  @BeforeAll
  static void start() throws Exception {
    server = RedisServer.start(data);
  }

  @AfterAll
  static void end() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void arrive() {
    site = new Site(folder, server.store(prefix));
  }

  @Test
  void whatTwoClientsSubmitAtOnceRunsOnceAndIsSeenByBoth() throws Exception {
    JobSpec spec = JobSpec.builder("told").shell(site.tell()).build();
    try (HpcRuntime here = site.client("here");
        HpcRuntime there = site.client("there")) {
      Set<JobId> submitted = new HashSet<>();
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        Callable<List<JobId>> half = () -> submit(here, spec, JOBS / 2);
        Callable<List<JobId>> otherHalf = () -> submit(there, spec, JOBS / 2);
        for (Future<List<JobId>> each : threads.invokeAll(List.of(half, otherHalf))) {
          submitted.addAll(each.get());
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(submitted).hasSize(JOBS);
      await().atMost(Duration.ofMinutes(4)).until(() -> active(here) == 0 && active(there) == 0);
      assertThat(site.ran()).hasSize(JOBS).doesNotHaveDuplicates();
      for (HpcRuntime each : List.of(here, there)) {
        assertThat(Site.jobs(each))
            .extracting(KnownJob::id)
            .containsAll(submitted)
            .hasSize(JOBS);
        assertThat(Site.jobs(each))
            .allSatisfy(job -> assertThat(job.info().state()).isEqualTo(JobState.COMPLETED));
        assertThat(Site.tokens(each)).containsExactlyInAnyOrderElementsOf(site.ran());
      }
      assertThat(here.jobs().unsettled()).isEmpty();
    }
  }

  private static List<JobId> submit(HpcRuntime client, JobSpec spec, int count) {
    List<JobId> ids = new ArrayList<>();
    Backend backend = client.backend(Site.BACKEND);
    for (int i = 0; i < count; i++) {
      ids.add(backend.submit(spec).id());
    }
    return ids;
  }

  private static int active(HpcRuntime client) {
    return client.jobs().active().jobs().size();
  }

  @Test
  void oneClientFollowsAndCancelsWhatAnotherSubmitted() throws Exception {
    try (HpcRuntime here = site.client("here");
        HpcRuntime there = site.client("there")) {
      HPCProcess job = here.backend(Site.BACKEND)
          .submit(JobSpec.builder("long").command("sleep", "1000").build());
      Backend other = there.backend(Site.BACKEND);
      HPCProcess seen = other.attach(job.id());
      await()
          .until(() -> other.status(List.of(job.id())).get(job.id()).state() == JobState.RUNNING);
      other.cancel(List.of(job.id()));
      assertThat(seen.waitFor().state()).isEqualTo(JobState.CANCELLED);
      assertThat(job.waitFor().state()).isEqualTo(JobState.CANCELLED);
      other.clean(job.id());
      assertThat(Site.jobs(here)).isEmpty();
      try (Jedis jedis = server.jedis()) {
        assertThat(jedis.keys(prefix + ":*" + seen.id().nativeId().value() + "*"))
            .isEmpty();
        assertThat(jedis.keys(prefix + ":record:*")).isEmpty();
      }
    }
  }

  /** As {@code ClientKilledTest} of the shell backend, but whoever comes next is another host. */
  @Test
  void whatKilledClientsLeftIsSettledByAnother() throws Exception {
    Random lot = new Random(SEED);
    Set<String> promised = new HashSet<>();
    for (int i = 0; i < KILLED_CLIENTS; i++) {
      promised.addAll(killedClient("client-" + i, Duration.ofMillis(lot.nextInt(60))));
    }
    assertThat(promised).as("jobs that were promised").isNotEmpty();
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    try (HpcRuntime next = site.client("next", later)) {
      Site.awaitEnds(next);
      List<String> runs = site.ran();
      assertThat(runs).as("a job writes its token when it runs").doesNotHaveDuplicates();
      List<String> ids =
          Site.jobs(next).stream().map(job -> job.id().toString()).toList();
      assertThat(ids).as("every promise is known").containsAll(promised);
      assertThat(Site.tokens(next)).as("every job that ran is known").containsAll(runs);
      assertThat(next.jobs().unsettled()).isEmpty();
    }
    try (Jedis jedis = server.jedis()) {
      assertThat(jedis.keys(prefix + ":journal*")).as("nothing is left open").isEmpty();
    }
  }

  private List<String> killedClient(String name, Duration delay) throws Exception {
    Process client = child(SubmittingClient.class, name);
    List<String> told = new ArrayList<>();
    try (BufferedReader out = new BufferedReader(
        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
      String first = out.readLine();
      assertThat(first).as(Files.readString(folder.resolve("client.err"))).isNotNull();
      told.add(first);
      TimeUnit.MILLISECONDS.sleep(delay.toMillis()); // the moment of death is the input
      client.toHandle().destroyForcibly(); // its output is still read
      out.lines().filter(line -> line.endsWith(".")).forEach(told::add);
    }
    client.waitFor();
    return told.stream().map(line -> line.substring(0, line.length() - 1)).toList();
  }

  private Process child(Class<?> main, String name) throws Exception {
    return new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName(),
            folder.toString(),
            String.valueOf(server.store(prefix).get("url")),
            server.passwordFile().toString(),
            prefix,
            name)
        .redirectError(folder.resolve("client.err").toFile())
        .start();
  }

  private static Map<String, Object> store(String[] args) {
    return Map.of("type", "redis", "url", args[1], "password_file", args[2], "key_prefix", args[3]);
  }

  /** Submits until it is killed, and tells each id that it was given. */
  static final class SubmittingClient {
    private SubmittingClient() {}

    @SuppressWarnings("InfiniteLoopStatement")
    public static void main(String[] args) {
      Site site = new Site(Path.of(args[0]), store(args));
      HpcRuntime runtime = site.client(args[4]);
      JobSpec spec = JobSpec.builder("told").shell(site.tell()).build();
      while (true) {
        System.out.println(runtime.backend(Site.BACKEND).submit(spec).id() + ".");
      }
    }
  }

  /** Dies after its intent, and before anything else. */
  static final class IntendingClient {
    static final Token TOKEN = new Token("ho0000001");

    private IntendingClient() {}

    public static void main(String[] args) throws Exception {
      StateStore store = new RedisStateStore(
          RedisServer.settings(store(args), Map.of()), false, Clock.systemUTC());
      Journal journal = store.journals().open();
      Path workspace = new Site(Path.of(args[0]), Map.of()).workspace();
      journal.append(new JournalEntry.Intent(
          TOKEN,
          null,
          Clock.systemUTC().instant(),
          Site.BACKEND,
          "n",
          workspace.resolve("jobs").resolve(TOKEN.value()).toString(),
          args[4].isEmpty() ? null : args[4]));
      Runtime.getRuntime().halt(137); // no shutdown hook, as after SIGKILL
    }
  }

  @Test
  void anIntentOfTheDeadIsSettledAndNothingWasSubmitted() throws Exception {
    assertThat(child(IntendingClient.class, "").waitFor()).isEqualTo(137);
    try (HpcRuntime next = site.client("next")) {
      assertThat(next.jobs().unsettled()).containsExactly(Site.BACKEND);
      next.backend(Site.BACKEND).status(List.of());
      assertThat(next.jobs().unsettled()).isEmpty();
      assertThat(Site.jobs(next)).isEmpty();
      assertThat(next.backend(Site.BACKEND).find(IntendingClient.TOKEN)).isEmpty();
    }
  }

  @Test
  void anIntentOfAnotherPlaceIsLeftToThoseWhoSeeIt() throws Exception {
    assertThat(child(IntendingClient.class, "another place").waitFor()).isEqualTo(137);
    try (HpcRuntime next = site.client("next")) {
      next.backend(Site.BACKEND).status(List.of());
      assertThat(next.jobs().unsettled()).containsExactly(Site.BACKEND);
    }
  }

  @Test
  void aJobOfAnotherPlaceIsShownAsItIsThereAndNeverLost(@TempDir Path elsewhere) throws Exception {
    Site otherHost = new Site(elsewhere, site.store());
    Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
    try (HpcRuntime here = site.client("here");
        HpcRuntime there = otherHost.client("there");
        HpcRuntime muchLater = otherHost.client("there", later)) {
      Path go = folder.resolve("go");
      HPCProcess job = here.backend(Site.BACKEND)
          .submit(JobSpec.builder("waits")
              .shell("until [ -e '" + go + "' ]; do sleep 0.1; done")
              .build());
      await().until(() -> job.info().state() == JobState.RUNNING);
      HPCProcess seen = there.backend(Site.BACKEND).attach(job.id());
      for (HpcRuntime each : List.of(there, muchLater, there)) {
        assertThat(each.backend(Site.BACKEND).status(List.of(job.id())).get(job.id()))
            .satisfies(info -> assertThat(info.state()).isEqualTo(JobState.RUNNING))
            .satisfies(info -> assertThat(info.reason()).contains("where it was submitted"));
      }
      for (Runnable refused : List.<Runnable>of(
          () -> there.backend(Site.BACKEND).cancel(List.of(job.id())),
          () -> there.backend(Site.BACKEND).logs(job.id()),
          () -> there.backend(Site.BACKEND).script(job.id()))) {
        assertThatThrownBy(refused::run)
            .isInstanceOf(BackendUnavailable.class)
            .hasMessageContaining("another place")
            .hasMessageNotContaining("\n");
      }
      Files.createFile(go);
      assertThat(job.waitFor().state()).isEqualTo(JobState.COMPLETED);
      assertThat(seen.waitFor().state()).isEqualTo(JobState.COMPLETED);
    }
  }

  @Test
  void aJobOfAnotherStateFoldersAgentRunsOn() throws Exception {
    try (HpcRuntime here = site.clientWithAnAgent("here");
        HpcRuntime there = site.clientWithAnAgent("there")) {
      Path go = folder.resolve("go");
      HPCProcess job = here.backend(Site.BACKEND)
          .submit(JobSpec.builder("waits")
              .shell("until [ -e '" + go + "' ]; do sleep 0.1; done; " + site.tell())
              .build());
      await().until(() -> job.info().state() == JobState.RUNNING);
      Backend other = there.backend(Site.BACKEND);
      HPCProcess seen = other.attach(job.id());
      assertThatThrownBy(() -> other.cancel(List.of(job.id())))
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining(folder.resolve("state-here").toString());
      assertThat(other.status(List.of(job.id())).get(job.id()).state()).isEqualTo(JobState.RUNNING);
      assertThatThrownBy(() -> other.clean(job.id())).isInstanceOf(InvalidJob.class);
      Files.createFile(go);
      assertThat(seen.waitFor().state()).isEqualTo(JobState.COMPLETED);
      assertThat(site.ran()).hasSize(1);
      assertThatThrownBy(() -> other.clean(job.id())).isInstanceOf(BackendUnavailable.class);
      here.backend(Site.BACKEND).clean(job.id());
      assertThat(Site.jobs(there)).isEmpty();
    }
  }
}
