// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobLogs;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.ssh.HeldCommands.Point;
import io.hpclaunch.ssh.LossyWay.Loss;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The connection is lost in the middle of what is done with jobs of a real Slurm: there is one job
 * all the same, and its true end is told.
 */
@Timeout(120)
class JobsOverALostConnectionTest {
  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @RegisterExtension
  final LossyWay way = new LossyWay(HOST);

  @RegisterExtension
  final HeldCommands commands =
      new HeldCommands("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo");

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of(
      "slurm",
      Map.of(
          "config",
          Map.of("slurm_conf", CLUSTER.conf(), "bin", commands.bin().toString()),
          "submit",
          Map.of("polling_interval", 0.2),
          "transport",
          way.transport()));

  /** Notes each of its starts, and ends when the gate is open. */
  private JobSpec job() {
    return hpc.job("lossy")
        .shell(
            "echo start >>\"" + starts() + "\"",
            "echo begun",
            "until [ -e \"" + gate() + "\" ]; do sleep 0.05; done",
            "echo done")
        .build();
  }

  private Path starts() {
    return hpc.folder().resolve("starts");
  }

  private Path gate() {
    return hpc.folder().resolve("gate");
  }

  private void openGate() throws IOException {
    Files.createFile(gate());
  }

  private void assertOneJobCompletes(HPCProcess job) throws IOException {
    JobInfo end = hpc.end(job);
    assertThat(end.state()).as(end.toString()).isEqualTo(JobState.COMPLETED);
    assertThat(starts()).hasContent("start");
    assertThat(known()).extracting(KnownJob::id).containsExactly(job.id());
    try (Stream<Path> folders = Files.list(hpc.workspace().resolve("jobs"))) {
      assertThat(folders).hasSize(1);
    }
  }

  private List<KnownJob> known() {
    List<KnownJob> all = new ArrayList<>(hpc.runtime().jobs().active().jobs());
    all.addAll(hpc.runtime().jobs().ended(Instant.EPOCH).jobs());
    return all;
  }

  /** Loses the connection while a command is under way, which then goes on. */
  private void loseDuring(String command, Loss how) throws IOException {
    hpc.until(command + " is under way", () -> commands.isReached(command));
    way.lose(how);
    commands.letGo(command);
  }

  @ParameterizedTest
  @CsvSource({"BEFORE, CUT", "BEFORE, STALLED", "AFTER, CUT", "AFTER, STALLED"})
  void aSubmissionLeavesOneJob(Point point, Loss loss) throws Exception {
    Backend slurm = hpc.backend();
    slurm.resources(); // the connection stands
    commands.hold("sbatch", point);
    CompletableFuture<HPCProcess> submission =
        CompletableFuture.supplyAsync(() -> hpc.submit(job()));
    loseDuring("sbatch", loss);
    openGate();
    assertOneJobCompletes(submitted(submission));
  }

  /** What it answers, or what is found later in place of no answer. */
  private HPCProcess submitted(CompletableFuture<HPCProcess> submission) {
    try {
      return submission.join();
    } catch (CompletionException e) {
      assertThat(e.getCause()).isInstanceOf(OutcomeUnknown.class).hasMessageContaining("was lost");
      hpc.until("the submission is found", () -> {
        hpc.backend().status(List.of());
        return hpc.runtime().jobs().unsettled().isEmpty();
      });
      assertThat(known()).hasSize(1);
      return hpc.backend().attach(known().get(0).id());
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void aQuestionThatIsNotAnsweredSaysNothingOfTheJob(Loss loss) throws Exception {
    HPCProcess job = hpc.submit(job());
    hpc.until("it runs", () -> job.info().state() == JobState.RUNNING);
    commands.hold("squeue", Point.AFTER);
    loseDuring("squeue", loss);
    assertThat(job.info().state()).isEqualTo(JobState.RUNNING);
    openGate();
    assertOneJobCompletes(job);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void whoeverCancelsIsToldThatItIsNotKnown(Loss loss) throws Exception {
    HPCProcess job = hpc.submit(job());
    hpc.until("it runs", () -> Files.exists(starts()));
    commands.hold("scancel", Point.BEFORE);
    CompletableFuture<Void> cancelling = CompletableFuture.runAsync(job::cancel);
    loseDuring("scancel", loss);
    try {
      cancelling.join();
    } catch (CompletionException e) {
      assertThat(e.getCause())
          .isInstanceOf(BackendUnavailable.class)
          .hasMessageContaining("was lost")
          .satisfies(told -> assertThat(told.getMessage()).doesNotContain("\n"));
      job.cancel(); // as often as one likes
    }
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(starts()).hasContent("start");
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void whoeverFollowsTheLogsReadsOnWhereTheyStopped(Loss loss) throws Exception {
    HPCProcess job = hpc.submit(job());
    try (BufferedReader log = new BufferedReader(
        new InputStreamReader(job.logs().follow(JobLogs.Stream.STDOUT), StandardCharsets.UTF_8))) {
      assertThat(log.readLine()).isEqualTo("begun");
      way.lose(loss);
      openGate();
      assertThat(log.readLine()).isEqualTo("done");
      assertThat(log.readLine()).isNull();
    }
    assertOneJobCompletes(job);
  }

  /** One whose connection is lost before anything was asked is served over a new one. */
  @Test
  void aConnectionThatWasLostMeanwhileIsMadeAgain() throws Exception {
    hpc.backend().resources();
    way.lose(Loss.CUT);
    openGate();
    assertOneJobCompletes(hpc.submit(job()));
  }
}
