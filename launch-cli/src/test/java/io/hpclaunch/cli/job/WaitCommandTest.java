// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.job.HpcCommand.Result;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitCommandTest {
  private static final JobInfo RUNNING = JobInfo.builder(JobState.RUNNING).build();
  private static final JobInfo COMPLETED =
      JobInfo.builder(JobState.COMPLETED).exitCode(0).build();
  private static final JobInfo FAILED =
      JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE).exitCode(3).build();

  @TempDir
  Path folder;

  private HpcCommand hpc;

  @BeforeEach
  void start() {
    hpc = new HpcCommand(folder);
  }

  private void job(String id, JobInfo info) {
    hpc.remembers("cluster:" + id, RUNNING, null);
    hpc.cluster.set(id, info);
  }

  @Test
  void theStatusOfOneJobIsItsOwn() {
    job("1", FAILED);
    Result result = hpc.run("wait", "1");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).isEqualTo("hpc: cluster:1 failed: exit status 3\n");
    assertThat(hpc.cluster.calls).allMatch(call -> call.startsWith("status "));
  }

  @Test
  void anEndThatComesLaterIsWaitedFor() throws Exception {
    job("1", RUNNING);
    CompletableFuture<Result> waiting = CompletableFuture.supplyAsync(() -> hpc.run("wait", "1"));
    while (!hpc.cluster.calls.contains("attach 1")) {
      Thread.onSpinWait();
    }
    assertThat(waiting).isNotDone();
    hpc.cluster.set("1", FAILED);
    assertThat(waiting.get(1, TimeUnit.MINUTES).status()).isEqualTo(3);
  }

  @Test
  void severalJobsAreWellOrNot() {
    job("1", COMPLETED);
    job("2", FAILED);
    job("3", COMPLETED);
    assertThat(hpc.run("wait", "1", "3").status()).isZero();
    Result result = hpc.run("wait", "1", "2", "3");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("cluster:2").hasLineCount(1);
  }

  @Test
  void oneJobNamedTwiceIsOne() {
    job("1", FAILED);
    assertThat(hpc.run("wait", "1", "cluster:1").status()).isEqualTo(3);
  }

  @Test
  void anArrayCountsAsSeveralJobs() {
    hpc.remembers("cluster:7", RUNNING, "1-5");
    for (int i = 1; i <= 5; i++) {
      hpc.cluster.set("7/" + i, i == 3 ? COMPLETED : FAILED);
    }
    hpc.cluster.set("7", FAILED);
    Result result = hpc.run("wait", "7");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("4 of 5 elements", "1 failed: exit status 3", "…")
        .hasLineCount(1);
    assertThat(hpc.run("wait", "7/4").status()).isEqualTo(3);
    assertThat(hpc.run("wait", "7/3").status()).isZero();
  }

  @Test
  void aLimitEndsTheWaitingAndNotTheJob() {
    job("1", RUNNING);
    Result result = hpc.run("wait", "--timeout", "0s", "1");
    assertThat(result.status()).isEqualTo(124);
    assertThat(result.err()).contains("cluster:1", "goes on").hasLineCount(1);
    assertThat(hpc.cluster.calls).noneMatch(call -> call.startsWith("cancel"));
  }

  @Test
  void ctrlCEndsTheWaitingAndNotTheJob() {
    job("1", RUNNING);
    Thread.currentThread().interrupt();
    assertThat(hpc.run("wait", "1").status()).isEqualTo(130);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(hpc.cluster.calls).noneMatch(call -> call.startsWith("cancel"));
  }

  @Test
  void aJobThatNobodyKnowsIsToldBeforeAnyWaiting() {
    job("1", RUNNING);
    Result result = hpc.run("wait", "1", "2");
    assertThat(result.status()).isEqualTo(4);
    assertThat(result.err()).contains("cluster:2").hasLineCount(1);
  }

  @Test
  void aBackendThatNobodyKnowsIsStatus2() {
    Result result = hpc.run("wait", "nope:1");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("hpc: no backend 'nope'\n");
  }

  @Test
  void aBackendThatCannotBeReachedIsStatus3() {
    hpc.cluster.failure = new BackendUnavailable("cluster does not answer");
    Result result = hpc.run("wait", "5");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("does not answer").hasLineCount(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wait", "wait --timeout 5 1", "wait --timeout", "wait a:b:c"})
  void whatCannotBeIsOneLineAndStatus2(String line) {
    Result result = hpc.run(line.split(" "));
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).startsWith("hpc: ").hasLineCount(1);
  }
}
