// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Rejected;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One submission is one execution, whatever becomes of sbatch's answer and of the client. */
@Timeout(240)
class SubmitFaultsTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  private static final String SUBMIT = "\"$real\" \"$@\" >/dev/null";
  private static final String TIMED_OUT =
      "echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation'"
          + " >&2; exit 1";

  /** Every client that comes has this much behind it: no search goes on. */
  private static final Duration LATER = Duration.ofMinutes(6);

  @RegisterExtension
  final SlurmSite site = new SlurmSite(CLUSTER);

  @Test
  void aJobWhoseAnswerWasLostIsFoundAndRunsOnce() throws Exception {
    Map<String, String> faults = new LinkedHashMap<>();
    faults.put("hangs", SUBMIT + "; exec sleep 600");
    faults.put("dies", SUBMIT + "; kill -KILL $$");
    faults.put("prattles", SUBMIT + "; echo 'Welcome to the cluster'; exit 0");
    faults.put("is-cut-off", SUBMIT + "; printf 'Submitted batch j'; exit 0");
    faults.put("says-nothing", SUBMIT + "; exit 1");
    faults.put("times-out", SUBMIT + "; " + TIMED_OUT);
    faults.put("fails-in-a-wrapper", SUBMIT + "; echo 'logger: no space left' >&2; exit 1");
    faults.put("tells-and-fails", "\"$real\" \"$@\"; echo 'sbatch: error: oh' >&2; exit 1");
    Backend slurm = site.slurm(site.open(), Map.of("submit_timeout", 2));

    Map<String, HPCProcess> jobs = new LinkedHashMap<>();
    faults.forEach((name, lines) -> {
      site.fault("sbatch", lines);
      jobs.put(name, slurm.submit(site.noting(name).build()));
    });

    for (Map.Entry<String, HPCProcess> job : jobs.entrySet()) {
      assertThat(SlurmSite.end(job.getValue()).state()).isEqualTo(JobState.COMPLETED);
      String id = job.getValue().id().nativeId().value();
      assertThat(site.starts(job.getKey())).as(job.getKey()).containsExactly(id);
      assertThat(site.queued(job.getKey())).as(job.getKey()).containsExactly(id);
    }
  }

  @Test
  void aJobThatCannotBeSearchedForIsFoundByTheNextClient() throws Exception {
    site.fault("sbatch", SUBMIT, TIMED_OUT);
    site.fault("squeue", "exit 1");
    String token = clientThatIsNotTold("lost");
    site.mend("squeue");
    site.mend("sbatch");

    HpcRuntime next = site.open();
    Backend slurm = site.slurm(next);
    SlurmSite.until("the submission is found", () -> {
      slurm.status(List.of());
      return next.jobs().unsettled().isEmpty();
    });
    KnownJob found = jobs(next).get(0);

    assertThat(found.token().value()).isEqualTo(token);
    assertThat(SlurmSite.end(slurm.attach(found.id())).state()).isEqualTo(JobState.COMPLETED);
    assertThat(site.starts("lost")).containsExactly(found.id().nativeId().value());
  }

  /** What accounting keeps is the directory of the submission; this cluster keeps no comments. */
  @Test
  void aJobThatHasEndedAndLeftTheQueueIsFoundInTheAccounts() throws Exception {
    site.fault("sbatch", SUBMIT, TIMED_OUT);
    site.fault("squeue", "exit 1");
    clientThatIsNotTold("ended");
    SlurmSite.until("it runs", () -> !site.starts("ended").isEmpty());
    String id = site.starts("ended").get(0);
    CLUSTER.awaitRecord(id, "COMPLETED 0:0");
    Path folder = site.jobFolders().get(0);
    Files.delete(folder.resolve("claim"));
    Files.delete(folder.resolve("announced"));
    site.forget(id);

    HpcRuntime next = site.open();
    Backend slurm = site.slurm(next);
    SlurmSite.until("its record has come", () -> {
      slurm.status(List.of());
      return next.jobs().unsettled().isEmpty();
    });

    assertThat(jobs(next)).extracting(job -> job.id().nativeId().value()).containsExactly(id);
    assertThat(CLUSTER.run("sacct", "-nXPj", id, "-o", "Comment").out().strip()).isEmpty();
  }

  private static List<KnownJob> jobs(HpcRuntime client) {
    List<KnownJob> all = new ArrayList<>(client.jobs().active().jobs());
    all.addAll(client.jobs().ended(Instant.EPOCH).jobs());
    return all;
  }

  /** A request that was under way all the time arrives when nobody waits for it any more. */
  @Test
  void aJobThatArrivesAfterItWasGivenUpDoesNotRun() throws Exception {
    site.fault("sbatch", TIMED_OUT);
    clientThatIsNotTold("late");
    site.mend("sbatch");
    String script = site.jobFolders().get(0).resolve("script").toString();

    HpcRuntime next = site.openAfter(LATER);
    site.slurm(next).status(List.of());
    assertThat(next.jobs().unsettled()).isEmpty();
    assertThat(jobs(next)).singleElement().satisfies(job -> {
      assertThat(job.info().state()).isEqualTo(JobState.FAILED);
      assertThat(job.info().reason()).contains("never reached the scheduler");
    });
    String late = CLUSTER.run("sbatch", "--parsable", script).expect(0).out().strip();
    CLUSTER.awaitRecord(late, "COMPLETED 0:0");

    assertThat(site.starts("late")).isEmpty();
  }

  @Test
  void aControllerThatRestartsWhileItIsAskedKeepsTheJob() throws Exception {
    Backend slurm = site.slurm(site.open());
    site.fault("sbatch", SUBMIT, ": >\"$here/taken\"", TIMED_OUT.replace("echo", """
        while [[ ! -e $here/restarted ]]; do sleep 0.05; done; echo"""));
    CompletableFuture<HPCProcess> submitted = CompletableFuture.supplyAsync(
        () -> slurm.submit(site.noting("restarted").build()));
    Path bin = site.folder().resolve("bin");
    SlurmSite.until("it is taken", () -> Files.exists(bin.resolve("taken")));
    CLUSTER.stopController().close();
    Files.createFile(bin.resolve("restarted"));

    HPCProcess job = submitted.get();

    assertThat(SlurmSite.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(site.starts("restarted")).containsExactly(job.id().nativeId().value());
  }

  /**
   * slurmctld that is killed forgets what it took in the last seconds, and gives the same numbers
   * to other jobs. Then a job of ours is missed, and none takes another's place.
   */
  @Tag("long")
  @Test
  void aControllerThatIsKilledBetweenSubmissionsMixesUpNoJobs() throws Exception {
    Backend slurm = site.slurm(site.open());
    Map<String, HPCProcess> jobs = new ConcurrentHashMap<>();
    List<String> without = new ArrayList<>();
    CompletableFuture<Void> crash = CompletableFuture.runAsync(() -> {
      while (jobs.size() < 10) {
        Thread.onSpinWait();
      }
      CLUSTER.killController().close();
    });
    int count = 0;
    for (; count < 30 || !crash.isDone(); count++) {
      String name = "k" + count;
      JobSpec job =
          site.noting(name).shell("exit " + count % 7).nativeOptions("--hold").build();
      try {
        jobs.put(name, slurm.submit(job));
      } catch (BackendUnavailable | OutcomeUnknown e) {
        without.add(name);
      }
    }
    crash.get();
    assertThat(jobs.size() + without.size()).isEqualTo(count);

    // What Slurm has it has once, and under the number that we know.
    for (Map.Entry<String, HPCProcess> job : jobs.entrySet()) {
      List<String> queued = site.queued(job.getKey());
      JobState told = queued.isEmpty() ? JobState.UNKNOWN : JobState.HELD;
      assertThat(queued).isSubsetOf(job.getValue().id().nativeId().value());
      SlurmSite.until(job + " " + told, () -> job.getValue().info().state() == told);
    }
    without.forEach(name -> assertThat(site.queued(name)).as(name).hasSizeLessThan(2));
    site.queued().forEach(id -> CLUSTER.run("scontrol", "release", id).expect(0));
    for (Map.Entry<String, HPCProcess> job : jobs.entrySet()) {
      String name = job.getKey();
      if (job.getValue().info().state() == JobState.UNKNOWN) {
        assertThat(site.starts(name)).as(name).isEmpty();
      } else {
        JobInfo end = SlurmSite.end(job.getValue());
        assertThat(end.exitCode()).as(name).isEqualTo(Integer.parseInt(name.substring(1)) % 7);
        assertThat(site.starts(name)).as(name).hasSize(1);
      }
    }
    HpcRuntime later = site.openAfter(LATER);
    site.slurm(later).status(List.of());
    assertThat(later.jobs().unsettled()).isEmpty();
  }

  /** Before sbatch has asked, after it has, and after it has told. */
  @Test
  void aClientThatIsKilledLosesNoJobAndRunsNoneTwice() throws Exception {
    String kill = "kill -KILL \"$PPID\"";
    killedClient("before", kill, "exit 1");
    killedClient("after", SUBMIT, kill, "exit 0");
    killedClient("told", "\"$real\" \"$@\"", "{ sleep 0.02; " + kill + "; } &", "exit 0");
    site.mend("sbatch");

    HpcRuntime next = site.openAfter(LATER);
    Backend slurm = site.slurm(next);
    slurm.status(List.of());
    for (KnownJob job : next.jobs().active().jobs()) {
      assertThat(SlurmSite.end(slurm.attach(job.id())).state()).isEqualTo(JobState.COMPLETED);
    }

    assertThat(next.jobs().unsettled()).isEmpty();
    assertThat(site.starts("before")).isEmpty();
    for (String name : List.of("after", "told")) {
      List<String> known = jobs(next).stream()
          .filter(job -> job.name().equals(name))
          .map(job -> job.id().nativeId().value())
          .toList();
      assertThat(site.starts(name)).as(name).hasSize(1).containsExactlyElementsOf(known);
    }
    assertThat(site.jobFolders())
        .as("folders that are nobody's")
        .hasSize(jobs(next).size());
  }

  private void killedClient(String name, String... fault) throws Exception {
    site.fault("sbatch", fault);
    client(name, 137);
  }

  /** The token that the client has instead of a job. */
  private String clientThatIsNotTold(String name) throws Exception {
    String told = client(name, 0);
    assertThat(told).startsWith("unknown ");
    return told.substring("unknown ".length());
  }

  private String client(String name, int status) throws Exception {
    Path log = site.folder().resolve(name + ".log");
    Process client = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            Client.class.getName(),
            site.folder().toString(),
            CLUSTER.conf(),
            name)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    int ended = client.waitFor();
    String told = Files.readString(log);
    assertThat(ended).as(told).isEqualTo(status);
    return told;
  }

  /** A client that submits one job, and where that has happened waits to be killed. */
  static final class Client {
    private Client() {}

    public static void main(String[] args) throws InterruptedException {
      Path folder = Path.of(args[0]);
      HpcRuntime runtime = SlurmSite.open(folder, Clock.systemUTC(), folder.resolve("state"));
      try {
        HPCProcess job = SlurmSite.slurm(runtime, folder, args[1], Map.of())
            .submit(SlurmSite.noting(folder, args[2]).build());
        job.waitFor(Duration.ofMinutes(1)); // the wrapper ends it before
      } catch (OutcomeUnknown e) {
        System.out.print("unknown " + e.token());
      }
    }
  }

  @Test
  void whatIsRefusedIsToldInSlurmsWordsAndLeavesNothing() {
    HpcRuntime client = site.open();
    Backend slurm = site.slurm(client);
    Map<String, String> wrong = Map.of(
        "--partition=nosuch", "invalid partition specified: nosuch",
        "--account=nosuch", "Invalid account or account/partition combination specified",
        "--qos=nosuch", "Invalid qos specification",
        "--time=banana", "Invalid --time specification",
        "--nosuch-option", "unrecognized option");
    wrong.forEach((option, words) -> assertThatThrownBy(
            () -> slurm.submit(site.noting("x").nativeOptions(option).build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining(words)
        .message()
        .doesNotContain("\n"));
    assertThat(site.jobFolders()).isEmpty();
    assertThat(client.jobs().unsettled()).isEmpty();
    assertThat(jobs(client)).isEmpty();
    assertThat(site.starts("x")).isEmpty();
  }

  /** A banner of numbers is no id, neither before nor behind it. */
  @Test
  void aBannerIsNotTakenForTheId() throws Exception {
    site.fault(
        "sbatch",
        "echo 'Quota: 4711 of 5000 files'; echo 'cluster 7 is down' >&2",
        "\"$real\" \"$@\"; status=$?",
        "echo '*** 3 days to go ***'; exit $status");

    HPCProcess job = site.slurm(site.open()).submit(site.noting("banner").build());

    assertThat(SlurmSite.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(site.starts("banner")).containsExactly(job.id().nativeId().value());
  }

  /** The user's settings for the same commands would break each of our questions. */
  @Test
  void theUsersSettingsForTheseCommandsChangeNothing() throws Exception {
    Path log = site.folder().resolve("client.log");
    ProcessBuilder builder = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Follower.class.getName(),
            site.folder().toString(),
            CLUSTER.conf())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(Map.of(
            "SQUEUE_FORMAT", "%j",
            "SQUEUE_FORMAT2", "Name:8",
            "SQUEUE_STATES", "PENDING",
            "SQUEUE_PARTITION", "long",
            "SLURM_TIME_FORMAT", "relative",
            "SACCT_FORMAT", "JobName",
            "SBATCH_PARTITION", "nosuch",
            "SBATCH_TIMELIMIT", "banana",
            "SBATCH_EXPORT", "ALL",
            "SLURM_JOB_ID", "1"));
    Process client = builder.start();

    assertThat(client.waitFor()).as(Files.readString(log)).isZero();
    assertThat(Files.readString(log)).contains("FAILED EXIT_CODE 3 leaked=none");
  }

  /** A client that submits one job and tells how it ended. */
  static final class Follower {
    private Follower() {}

    public static void main(String[] args) throws InterruptedException {
      Path folder = Path.of(args[0]);
      try (HpcRuntime runtime =
          SlurmSite.open(folder, Clock.systemUTC(), folder.resolve("state"))) {
        HPCProcess job = SlurmSite.slurm(runtime, folder, args[1], Map.of())
            .submit(SlurmSite.noting(folder, "follower")
                .shell("echo leaked=${SQUEUE_FORMAT:-none}; exit 3")
                .build());
        JobInfo end = SlurmSite.end(job);
        System.out.print(end.state() + " " + end.cause() + " " + end.exitCode() + " "
            + job.logs().stdout());
      }
    }
  }
}
