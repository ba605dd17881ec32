// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of a real Kubernetes stop, and come back. */
@OnKubernetes
@Timeout(600)
class KubernetesFaultsTest {
  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", OnKubernetes.Site.entry());

  /** Those that run are left alone. */
  @AfterEach
  void allIsWellAgain() {
    for (String daemon : List.of("apiserver", "controllers", "scheduler", "kubelet")) {
      TestCluster.fault(daemon + "-start");
    }
  }

  private HPCProcess submit(String lines) {
    return hpc.submit(hpc.job("fault").shell(lines).build());
  }

  private void untilRunning(HPCProcess job) {
    hpc.until("it runs", () -> job.info().state() == JobState.RUNNING);
  }

  // ---- the API server

  /** F21, F24: some jobs end before, some while it is away, some afterwards. */
  @ParameterizedTest
  @ValueSource(strings = {"stop", "kill"})
  void noEndIsLostAndNoneToldTwiceWhenTheApiServerRestarts(String how) {
    Queue<Integer> told = new ConcurrentLinkedQueue<>();
    List<HPCProcess> jobs = new ArrayList<>();
    List<CompletableFuture<Boolean>> heard = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      HPCProcess job = submit("sleep " + i * 2 + "; exit " + i);
      jobs.add(job);
      heard.add(job.onExit().thenApply(end -> told.add(end.exitCode())));
    }
    hpc.end(jobs.get(0));
    TestCluster.fault("apiserver-" + how);
    hpc.until(
        "nobody can say",
        () -> jobs.stream().anyMatch(job -> job.info().state() == JobState.UNKNOWN));
    assertThat(jobs.get(7).info().reason()).contains("127.0.0.1");
    TestCluster.fault("apiserver-start");
    jobs.forEach(hpc::end);
    hpc.until("all are told", () -> heard.stream().allMatch(CompletableFuture::isDone));
    assertThat(told).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void withoutAnApiServerNothingIsSubmitted() {
    HPCProcess before = submit("sleep 3600");
    TestCluster.fault("apiserver-stop");
    assertThatThrownBy(() -> submit("true"))
        .isInstanceOf(BackendUnavailable.class)
        .message()
        .contains("nothing was submitted")
        .hasLineCount(1);
    assertThatThrownBy(before::cancel).isInstanceOf(BackendUnavailable.class);
    TestCluster.fault("apiserver-start");
    before.cancel();
    assertThat(hpc.end(before).state()).isEqualTo(JobState.CANCELLED);
    assertThat(TestCluster.pods(before)).isEmpty();
  }

  // ---- the node

  @Test
  void aJobWhoseKubeletStopsGoesOnAndEndsWhenThatIsBack() {
    HPCProcess job = submit("sleep 5; exit 6");
    untilRunning(job);
    TestCluster.fault("kubelet-stop");
    hpc.until("the node is missed", () -> !nodeIsReady());
    assertThat(job.onExit()).isNotDone();
    assertThat(job.info().state()).isEqualTo(JobState.RUNNING);
    assertThat(hpc.backend().resources().nodes().get(0).state()).startsWith("NotReady");
    TestCluster.fault("kubelet-start");
    assertThat(hpc.end(job).exitCode()).isEqualTo(6);
  }

  private static boolean nodeIsReady() {
    return TestCluster.kubectl(
            "get", "node", "--output=jsonpath={..conditions[?(@.type==\"Ready\")].status}")
        .equals("True");
  }

  /** 1.20 starts another pod, and the job's end is that pod's. */
  @Test
  void aJobWhoseNodeIsGoneGoesOnWhereAnotherIs() {
    HPCProcess job = submit(TestCluster.UNTIL_GO + "; exit 7");
    untilRunning(job);
    String first = Fields.name(TestCluster.pods(job).get(0));
    TestCluster.fault("node-delete");
    assertThat(job.onExit()).isNotDone();
    TestCluster.fault("kubelet-start");
    hpc.until("another pod runs", () -> TestCluster.runsElsewhere(job, first));
    assertThat(job.onExit()).isNotDone();
    TestCluster.go(job);
    assertThat(hpc.end(job).exitCode()).isEqualTo(7);
  }

  // ---- controllers and scheduler

  @Test
  void anEndThatNoControllerHasSeenIsNone() {
    HPCProcess job = submit(TestCluster.UNTIL_GO + "; exit 8");
    untilRunning(job);
    TestCluster.fault("controllers-pause");
    TestCluster.go(job);
    hpc.until(
        "its pod has ended",
        () -> TestCluster.pods(job).stream()
            .allMatch(pod -> "Failed".equals(Fields.text(pod, "status", "phase"))));
    assertThat(job.onExit()).isNotDone();
    TestCluster.fault("controllers-resume");
    assertThat(hpc.end(job).exitCode()).isEqualTo(8);
  }

  @Test
  void aJobWaitsForTheScheduler() {
    TestCluster.fault("scheduler-stop");
    HPCProcess job = submit("exit 9");
    hpc.until("it has a pod", () -> !TestCluster.pods(job).isEmpty());
    assertThat(job.info().state()).isEqualTo(JobState.QUEUED);
    TestCluster.fault("scheduler-start");
    assertThat(hpc.end(job).exitCode()).isEqualTo(9);
  }
}
