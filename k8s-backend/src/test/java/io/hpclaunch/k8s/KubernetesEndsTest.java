// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How jobs end and why they wait, on a real Kubernetes. */
@OnKubernetes
@Timeout(240)
class KubernetesEndsTest {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", OnKubernetes.Site.entry());

  /** The backend with more in its entry's {@code config}. */
  private Backend with(Map<String, ?> more) {
    return hpc.runtime()
        .open(
            "k8s",
            Map.of(
                "config",
                OnKubernetes.Site.config("admin", more),
                "submit",
                Map.of("polling_interval", 0.1),
                "workspace",
                hpc.workspace().toString()));
  }

  private JobSpec.Builder sleeper(String name) {
    return hpc.job(name).command("sleep", "3600");
  }

  private void untilReasoned(HPCProcess job, String beginning) {
    hpc.until(
        "the reason is told", () -> String.valueOf(job.info().reason()).startsWith(beginning));
  }

  private void untilRunning(HPCProcess job) {
    hpc.until("it runs", () -> job.info().state() == JobState.RUNNING);
  }

  // ---- by itself

  @Test
  void theWalltimeLeavesTheLog() {
    HPCProcess job = hpc.submit(hpc.job("long")
        .walltime(Duration.ofSeconds(3))
        .shell("echo it began", "sleep 3600")
        .build());
    JobInfo end = hpc.end(job);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(job.logs().stdout()).isEqualTo("it began\n");
  }

  @Test
  void whoUsesMoreThanItsMemoryIsOutOfIt() {
    JobInfo end = hpc.run(hpc.job("greedy")
        .memory("64M")
        .command("bash", "-c", "x=x; while :; do x=$x$x; done")
        .build());
    assertThat(end.state()).as(end.toString()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.OUT_OF_MEMORY);
  }

  @Test
  void whatTheTtlRemovedHasEndedAllTheSame() {
    HPCProcess job =
        with(Map.of("ttl", 1)).submit(hpc.job("brief").shell("exit 3").build());
    assertThat(hpc.end(job).exitCode()).isEqualTo(3);
    hpc.until("the cluster removes it", () -> TestCluster.jobs(job).isEmpty());
    JobInfo told = hpc.another().status(List.of(job.id())).get(job.id());
    assertThat(told.state()).isEqualTo(JobState.FAILED);
    assertThat(told.exitCode()).isEqualTo(3);
  }

  // ---- what cannot start

  @Test
  void whatFitsOnNoNodeWaitsAndSaysWhy() {
    HPCProcess job = hpc.submit(sleeper("huge").cpus(1000).build());
    untilReasoned(job, "Unschedulable: 0/1 nodes are available: 1 Insufficient cpu");
    assertThat(job.info().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void whatFitsOnNoNodeForTooLongWasNotLaunched() {
    HPCProcess job =
        with(Map.of("schedule_timeout", 2)).submit(sleeper("huge").cpus(1000).build());
    assertNotLaunched(job, "Unschedulable");
  }

  private static final ContainerSpec NOWHERE =
      ContainerSpec.image("localhost/nowhere:lab").build();

  @Test
  void anImageThatCannotBeHadKeepsItsJobWaiting() {
    HPCProcess job = hpc.submit(sleeper("imageless").container(NOWHERE).build());
    hpc.until(
        "the reason is told",
        () -> String.valueOf(job.info().reason()).matches("(?s)(ErrImagePull|ImagePullBackOff).*"));
    assertThat(job.info().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void anImageThatCannotBeHadForTooLongWasNotLaunched() {
    HPCProcess job = with(Map.of("start_timeout", 2))
        .submit(sleeper("imageless").container(NOWHERE).build());
    assertNotLaunched(job, "Image");
  }

  @Test
  void aVolumeThatCannotBeMountedKeepsItsJobWaiting() {
    HPCProcess job = with(Map.of("volumes", List.of(Map.of("config_map", "ghost", "mount", "/g"))))
        .submit(sleeper("unmounted").build());
    hpc.until(
        "the reason is told",
        () -> String.valueOf(job.info().reason()).matches("(?s)FailedMount: .*\"ghost\".*"));
    assertThat(job.info().state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void aVolumeThatCannotBeMountedForTooLongWasNotLaunched() {
    HPCProcess job = with(Map.of(
            "start_timeout", 5, "volumes", List.of(Map.of("config_map", "ghost", "mount", "/g"))))
        .submit(sleeper("unmounted").build());
    assertNotLaunched(job, "FailedMount");
  }

  @Test
  void aJobWhoseServiceAccountIsNotThereWasNotLaunched() {
    HPCProcess job = with(Map.of("start_timeout", 5, "service_account", "ghost"))
        .submit(sleeper("podless").build());
    assertNotLaunched(job, "serviceaccount \"ghost\" not found");
  }

  private void assertNotLaunched(HPCProcess job, String reason) {
    JobInfo end = hpc.end(job);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(end.reason()).contains(reason);
    JobInfo asked = hpc.stranger().attach(job.id()).info();
    assertThat(asked.cause()).as("every client tells the same").isEqualTo(Cause.LAUNCH);
  }

  // ---- by somebody else

  /** F21: 1.20 starts another pod, and the job's end is that pod's. */
  @Test
  void aPodThatSomebodyDeletesIsNotTheEnd() {
    HPCProcess job =
        hpc.submit(hpc.job("again").shell(TestCluster.UNTIL_GO, "exit 5").build());
    untilRunning(job);
    String first = Fields.name(TestCluster.pods(job).get(0));
    TestCluster.kubectl("delete", "pod", first);
    hpc.until("another pod runs", () -> TestCluster.runsElsewhere(job, first));
    assertThat(job.onExit()).isNotDone();
    TestCluster.go(job);
    assertThat(hpc.end(job).exitCode()).isEqualTo(5);
    assertThat(hpc.stranger().attach(job.id()).info().exitCode()).isEqualTo(5);
  }

  @Test
  void aJobThatSomebodyDeletesIsCancelled() {
    HPCProcess job = hpc.submit(sleeper("deleted").build());
    untilRunning(job);
    TestCluster.kubectl("delete", "job", TestCluster.name(job), "--wait=false");
    JobInfo end = hpc.end(job);
    assertThat(end.state()).isEqualTo(JobState.CANCELLED);
    assertThat(end.reason()).contains("deleted");
    assertThat(TestCluster.pods(job)).isEmpty();
  }

  /** F36: without a policy its pods go on. */
  @Test
  void aJobWhosePodsGoOnIsNotCancelled() {
    HPCProcess job = hpc.submit(sleeper("orphan").build());
    untilRunning(job);
    TestCluster.kubectl("delete", "job", TestCluster.name(job), "--cascade=orphan");
    hpc.until("its Job is gone", () -> job.info().state() == JobState.UNKNOWN);
    assertThat(TestCluster.pods(job)).hasSize(1);
    TestCluster.kubectl("delete", "pod", Fields.name(TestCluster.pods(job).get(0)));
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
  }

  // ---- by a cancel

  /** F36, F25: it is over when nothing of it is left, however stubborn it is. */
  @Test
  void aCancelLeavesNoPod() {
    HPCProcess job = hpc.submit(stubborn());
    untilRunning(job);
    job.cancel();
    assertThat(TestCluster.pods(job)).isEmpty();
    assertThat(TestCluster.jobs(job)).isEmpty();
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aCancelOfOneWhoDoesNotFollowTheJobLeavesNoPodEither() {
    HPCProcess job = hpc.submit(stubborn());
    untilRunning(job);
    Backend other = hpc.another();
    other.cancel(List.of(job.id()));
    assertThat(TestCluster.pods(job)).isEmpty();
    assertThat(other.status(List.of(job.id())).get(job.id()).state()).isEqualTo(JobState.CANCELLED);
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
  }

  private JobSpec stubborn() {
    return hpc.job("stubborn")
        .shell("trap '' HUP INT TERM", "while :; do sleep 1; done")
        .build();
  }

  @Test
  void noPodIsThereWhenACancelIsTold() {
    HPCProcess job = hpc.submit(stubborn());
    untilRunning(job);
    CompletableFuture<Integer> left =
        job.onExit().thenApply(end -> TestCluster.pods(job).size());
    job.cancel();
    hpc.until("it is told", left::isDone);
    assertThat(left.join()).isZero();
  }
}
