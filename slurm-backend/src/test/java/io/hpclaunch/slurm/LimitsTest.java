// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.slurm.SlurmCluster.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Slurm does not take, does not check, or takes and never runs. */
@Timeout(240)
class LimitsTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @RegisterExtension
  final SlurmSite site = new SlurmSite(CLUSTER);

  // ---- dependencies

  @Test
  void aJobThatWaitsForAnUnknownOneIsRefused() {
    HpcRuntime client = site.open();
    Backend slurm = site.slurm(client);

    assertThatThrownBy(() -> slurm.submit(site.noting("orphan")
            .dependsOn(Dependency.afterOk(new JobId("slurm", NativeId.of("999999"))))
            .build()))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("slurm:999999")
        .hasMessageContaining("nobody knows");

    assertThat(site.calls("sbatch")).isEmpty();
    assertThat(site.jobFolders()).isEmpty();
    assertThat(client.jobs().unsettled()).isEmpty();
  }

  /** Slurm runs a job at once that waits for one that it does not know any more. */
  @Test
  void aJobThatWaitsForAForgottenFailureDoesNotRun() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess failed = slurm.submit(site.noting("parent").shell("exit 3").build());
    HPCProcess array = slurm.submit(site.noting("parents")
        .shell("exit $((HPC_ARRAY_INDEX == 2))")
        .array(ArrayRange.of(1, 3))
        .build());
    HPCProcess good = slurm.submit(site.noting("good").build());
    for (HPCProcess each : List.of(failed, array, good)) {
      SlurmSite.end(each);
      CLUSTER.awaitRecord(good.id().nativeId().value(), "COMPLETED 0:0");
    }
    site.fault("squeue", "exit 0");

    for (HpcRuntime client : List.of(site.open(), site.stranger())) {
      Backend again = site.slurm(client);
      for (HPCProcess parent : List.of(failed, array)) {
        HPCProcess never = again.submit(waiting("never", Dependency.afterOk(parent.id())));
        assertThat(never.info().cause()).as("after " + parent).isEqualTo(Cause.DEPENDENCY);
      }
      site.mend("squeue");
      HPCProcess any = again.submit(waiting("any", Dependency.afterAny(failed.id())));
      HPCProcess not = again.submit(waiting("not", Dependency.afterNotOk(failed.id())));
      HPCProcess ok = again.submit(waiting("ok", Dependency.afterOk(good.id())));
      for (HPCProcess each : List.of(any, not, ok)) {
        assertThat(SlurmSite.end(each).state()).isEqualTo(JobState.COMPLETED);
      }
      site.fault("squeue", "exit 0");
    }
    assertThat(site.starts("never")).isEmpty();
  }

  private JobSpec waiting(String name, Dependency dependency) {
    return site.noting(name).dependsOn(dependency).build();
  }

  @Test
  void aJobWhoseParentFailsWhileItWaitsEnds() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess parent =
        slurm.submit(site.noting("fails").shell("sleep 1; exit 1").build());
    HPCProcess child = slurm.submit(waiting("child", Dependency.afterOk(parent.id())));

    assertThat(SlurmSite.end(child).cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(site.starts("child")).isEmpty();
  }

  // ---- arrays

  @Test
  void anArrayThatIsTooLargeIsSplitAndEachElementIsToldApart() throws Exception {
    try (Fault small = CLUSTER.configured("MaxArraySize=11")) {
      assertThat(small).isNotNull();
      Backend slurm = site.slurm(site.open());
      HPCProcess array = slurm.submit(JobSpec.builder("split")
          .shell("echo $HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT; exit $((HPC_ARRAY_INDEX % 13))")
          .array(ArrayRange.parse("1-30%6"))
          .build());
      assertThat(site.calls("sbatch")).hasSize(3);
      assertThat(SlurmSite.end(array).state()).isEqualTo(JobState.FAILED);
      int index = 0;
      for (HPCProcess element : array.elements()) {
        index++;
        JobInfo end = element.info();
        assertThat(end.exitCode()).as(element.id().toString()).isEqualTo(index % 13);
        assertThat(end.state()).isEqualTo(index % 13 == 0 ? JobState.COMPLETED : JobState.FAILED);
        assertThat(element.logs().stdout()).isEqualTo(index + " of 30\n");
      }
      assertThat(index).isEqualTo(30);
    }
  }

  @Test
  void noMoreElementsRunAtOnceThanAllowed() throws Exception {
    Backend slurm = site.slurm(site.open());
    HPCProcess array = slurm.submit(JobSpec.builder("two")
        .shell(
            "cd " + site.folder() + "; : >runs-$HPC_ARRAY_INDEX; sleep 0.3; ls runs-* | wc -l",
            "rm runs-$HPC_ARRAY_INDEX")
        .array(ArrayRange.parse("1-6%2"))
        .build());
    SlurmSite.end(array);
    for (HPCProcess element : array.elements()) {
      assertThat(element.logs().stdout().strip()).isIn("1", "2");
    }
  }

  // ---- limits

  /** Three of the user's jobs at a time; the client that submitted them dies. */
  @Test
  void jobsThatTheQosHasNoRoomForAreHeldInOrder() throws Exception {
    Path log = site.folder().resolve("client.log");
    Process client = new ProcessBuilder(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Submitter.class.getName(),
            site.folder().toString(),
            CLUSTER.conf())
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    SlurmSite.until("all are submitted", () -> Files.readString(log).endsWith("10"));
    client.toHandle().destroyForcibly();
    client.waitFor();

    HpcRuntime next = site.open();
    Backend slurm = site.slurm(next);
    List<KnownJob> jobs = next.jobs().active().jobs();
    List<JobInfo> waiting = jobs.stream()
        .filter(job -> job.id().nativeId().value().startsWith("token."))
        .map(KnownJob::info)
        .toList();
    assertThat(waiting).hasSizeGreaterThanOrEqualTo(7).allSatisfy(info -> {
      assertThat(info.state()).isEqualTo(JobState.QUEUED);
      assertThat(info.reason()).contains("held in the client's own queue");
    });
    assertThat(waiting).anySatisfy(info -> assertThat(info.reason()).contains("QOSMaxSubmit"));
    Map<Integer, Integer> ids = new TreeMap<>();
    List<HPCProcess> handles = new ArrayList<>();
    jobs.forEach(job -> handles.add(slurm.attach(job.id())));
    site.queued().forEach(id -> CLUSTER.run("scontrol", "release", id));
    for (int i = 0; i < handles.size(); i++) {
      assertThat(SlurmSite.end(handles.get(i)).state()).isEqualTo(JobState.COMPLETED);
      ids.put(
          Integer.valueOf(jobs.get(i).name().substring(1)),
          Integer.valueOf(handles.get(i).id().nativeId().value()));
    }

    assertThat(ids.keySet()).hasSize(10);
    assertThat(List.copyOf(ids.values())).as("submitted in order").isSorted();
    for (int i = 1; i <= 10; i++) {
      assertThat(site.starts("q" + i)).containsExactly(ids.get(i).toString());
    }
    assertThat(next.jobs().unsettled()).isEmpty();
  }

  /** Submits ten jobs of which Slurm takes three, and waits to be killed. */
  static final class Submitter {
    private Submitter() {}

    public static void main(String[] args) throws InterruptedException {
      Path folder = Path.of(args[0]);
      HpcRuntime runtime = SlurmSite.open(folder, Clock.systemUTC(), folder.resolve("state"));
      Backend slurm = SlurmSite.slurm(runtime, folder, args[1], Map.of());
      for (int i = 1; i <= 10; i++) {
        JobSpec.Builder job = SlurmSite.noting(folder, "q" + i).resources(r -> r.qos("tiny"));
        slurm.submit((i <= 3 ? job.nativeOptions("--hold") : job).build());
        System.out.print(" " + i);
        System.out.flush();
      }
      Thread.sleep(Duration.ofMinutes(5).toMillis()); // until it is killed
    }
  }

  @Test
  void whatCanNeverRunIsRefusedWithTheLimitAndLeavesNothing() {
    HpcRuntime client = site.open();
    Backend slurm = site.slurm(client);
    Map<JobSpec.Builder, String> wrong = Map.of(
        site.noting("wide").nodes(9), "9 nodes, and partition debug has TotalNodes=4",
        site.noting("long").walltime(Duration.ofDays(3)), "partition debug has MaxTime=01:00:00",
        site.noting("many").tasks(99).queue("long"), "99 cpus, and partition long has");
    wrong.forEach((job, why) -> assertThatThrownBy(() -> slurm.submit(job.build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining(why)
        .hasMessageContaining("check_limits")
        .message()
        .doesNotContain("\n"));
    assertThat(site.calls("sbatch")).isEmpty();
    assertThat(site.jobFolders()).isEmpty();
    assertThat(client.jobs().unsettled()).isEmpty();

    // What Slurm says by itself it says.
    assertThatThrownBy(
            () -> slurm.submit(site.noting("x").nodes(9).queue("nosuch").build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("invalid partition specified: nosuch");
    assertThatThrownBy(() -> slurm.submit(site.noting("x").cpus(5).build()))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("Requested node configuration is not available");
  }

  @Test
  void whatMayRunIsSubmittedAndTheLimitsAreAskedOnce() throws Exception {
    List<JobSpec.Builder> right = List.of(
        site.noting("long").walltime(Duration.ofDays(3)).queue("long"),
        site.noting("either").walltime(Duration.ofDays(3)).queue("debug,long"),
        site.noting("all").nodes(4).tasks(16).walltime(Duration.ofHours(1)),
        site.noting("fewer").nodes(9).tasks(2));
    Backend slurm = site.slurm(site.open());
    Backend other = site.slurm(site.open());
    for (JobSpec.Builder job : right) {
      assertThat(SlurmSite.end(slurm.submit(job.build())).state()).isEqualTo(JobState.COMPLETED);
      assertThat(SlurmSite.end(other.submit(job.build())).state()).isEqualTo(JobState.COMPLETED);
    }
    assertThat(site.calls("scontrol"))
        .filteredOn(call -> call.contains("partition"))
        .hasSize(1);
  }

  /** They are remembered for an hour; what was changed since is not held against a job. */
  @Test
  void limitsThatWereRaisedOrCannotBeAskedRefuseNothing() throws Exception {
    site.fault("scontrol", "\"$real\" \"$@\" | sed 's/TotalNodes=4/TotalNodes=1/'", "exit 0");
    Backend slurm = site.slurm(site.open());
    JobSpec two = site.noting("two").nodes(2).build();
    assertThatThrownBy(() -> slurm.submit(two)).hasMessageContaining("TotalNodes=1");
    site.mend("scontrol");
    assertThat(SlurmSite.end(slurm.submit(two)).state()).isEqualTo(JobState.COMPLETED);

    site.fault("scontrol", "echo 'slurm_load_partitions: Unable to contact' >&2", "exit 1");
    Backend stranger = site.slurm(site.stranger());
    HPCProcess wide = stranger.submit(site.noting("wide").nodes(9).build());
    assertThat(SlurmSite.end(stranger.submit(two)).state()).isEqualTo(JobState.COMPLETED);
    wide.cancel();
    assertThat(SlurmSite.end(wide).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatCanNeverRunIsToldWithItsReasonWhereLimitsAreNotChecked() throws Exception {
    Backend slurm = site.slurm(site.open(), Map.of("check_limits", false));
    HPCProcess wide = slurm.submit(site.noting("wide").nodes(9).build());
    HPCProcess longer = slurm.submit(
        site.noting("long").walltime(Duration.ofDays(3)).queue("debug").build());
    Map<HPCProcess, String> reasons =
        Map.of(wide, "PartitionNodeLimit|PartitionConfig", longer, "PartitionTimeLimit");
    for (Map.Entry<HPCProcess, String> each : reasons.entrySet()) {
      HPCProcess job = each.getKey();
      SlurmSite.until("the reason of " + job, () -> {
        JobInfo info = slurm.status(List.of(job.id())).get(job.id());
        return info.state() == JobState.QUEUED
            && String.valueOf(info.reason()).matches(each.getValue());
      });
      JobInfo info = slurm.status(List.of(job.id())).get(job.id());
      assertThat(slurm.explain(info))
          .hasValueSatisfying(
              explanation -> assertThat(explanation.meaning()).contains("never run there"));
    }
    slurm.cancel(List.of(wide.id(), longer.id()));
    assertThat(SlurmSite.end(wide).state()).isEqualTo(JobState.CANCELLED);
    assertThat(SlurmSite.end(longer).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatCanNeverRunIsRefusedWhereSlurmIsToldToEnforceItsLimits() {
    try (Fault strict = CLUSTER.configured("EnforcePartLimits=ALL")) {
      assertThat(strict).isNotNull();
      Backend slurm = site.slurm(site.open());
      assertThatThrownBy(() -> slurm.submit(site.noting("wide").nodes(9).build()))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("Node count specification invalid");
      assertThatThrownBy(() ->
              slurm.submit(site.noting("long").walltime(Duration.ofDays(3)).build()))
          .isInstanceOf(Rejected.class)
          .hasMessageContaining("Requested time limit is invalid");
      assertThat(site.jobFolders()).isEmpty();
    }
  }
}
