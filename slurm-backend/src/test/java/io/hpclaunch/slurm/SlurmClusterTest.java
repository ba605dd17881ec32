// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.slurm.SlurmCluster.Fault;
import io.hpclaunch.slurm.SlurmCluster.Ran;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the tests on the cluster rely on. */
class SlurmClusterTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  @Test
  void aJobRunsAndIsAccountedFor() {
    CLUSTER.awaitRecord(CLUSTER.submit("--wrap=true"), "COMPLETED 0:0");
    CLUSTER.awaitRecord(CLUSTER.submit("--wrap=exit 3"), "FAILED 3:0");
  }

  @Test
  void hasNodesWithPretendedGpus() {
    assertThat(CLUSTER
            .run("sinfo", "-hN", "-p", "debug", "-o", "%N %c %G")
            .expect(0)
            .out()
            .lines())
        .containsExactly("node1 4 gpu:2", "node2 4 gpu:2", "node3 4 gpu:2", "node4 4 gpu:2");
  }

  @Test
  void aClusterThatIsUpStaysAsItIs() {
    String booted = booted();

    new SlurmCluster().start();

    assertThat(booted()).isEqualTo(booted);
  }

  private static String booted() {
    return CLUSTER
        .run("scontrol", "show", "config")
        .expect(0)
        .out()
        .lines()
        .filter(line -> line.startsWith("BOOT_TIME"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theFourthJobOfTheQosTinyIsRefused() {
    String[] options = {"--qos=tiny", "--hold", "--array=0-2", "--wrap=true"};
    String array = CLUSTER.submit(options);
    try {
      assertThatThrownBy(() -> CLUSTER.submit("--qos=tiny", "--wrap=true"))
          .hasMessageContaining("submit limit");
    } finally {
      CLUSTER.run("scancel", array).expect(0);
    }
  }

  @Test
  void aStoppedControllerIsBackAfterwards() {
    String job = CLUSTER.submit("--wrap=sleep 1");
    CLUSTER.awaitQueue(job, "RUNNING");

    try (Fault stopped = CLUSTER.stopController()) {
      assertThat(stopped).isNotNull();
      assertThat(CLUSTER.run("scontrol", "ping").exit()).isEqualTo(1);
    }

    CLUSTER.awaitRecord(job, "COMPLETED 0:0");
    CLUSTER.awaitRecord(CLUSTER.submit("--wrap=true"), "COMPLETED 0:0");
  }

  @Test
  void aKilledControllerStillKnowsItsJobs() {
    String job = CLUSTER.submit("--hold", "--job-name=saved-by-slurmctld", "--wrap=true");
    CLUSTER.awaitSaved("saved-by-slurmctld");

    CLUSTER.killController().close();

    CLUSTER.awaitQueue(job, "PENDING");
    CLUSTER.run("scontrol", "release", job).expect(0);
    CLUSTER.awaitRecord(job, "COMPLETED 0:0");
  }

  @Test
  void aPausedControllerAnswersNothing() {
    try (Fault paused = CLUSTER.pauseController()) {
      assertThat(paused).isNotNull();
      assertThat(CLUSTER.run("timeout", "1", "squeue").exit()).isEqualTo(124);
    }
    CLUSTER.run("squeue").expect(0);
  }

  @Test
  void withoutAccountingJobsRunAndTheirRecordsArriveLater() {
    String job;
    try (Fault stopped = CLUSTER.stopAccounting()) {
      assertThat(stopped).isNotNull();
      assertThat(CLUSTER.run("sacct").exit()).isEqualTo(1);
      job = CLUSTER.submit("--wrap=true");
    }
    CLUSTER.awaitRecord(job, "COMPLETED 0:0");
  }

  @Tag("long")
  @Test
  void aJobEndsWithItsNode() {
    String job = CLUSTER.submit("--nodelist=node2", "--no-requeue", "--wrap=sleep 300");
    CLUSTER.awaitQueue(job, "RUNNING");

    try (Fault killed = CLUSTER.killNode(2)) {
      assertThat(killed).isNotNull();
      CLUSTER.awaitRecord(job, "NODE_FAIL 0:0");
    }

    CLUSTER.awaitRecord(CLUSTER.submit("--nodelist=node2", "--wrap=true"), "COMPLETED 0:0");
  }

  @Test
  void aJobSurvivesASlurmdThatComesBackAtOnce() {
    String job = CLUSTER.submit("--nodelist=node3", "--wrap=sleep 2");
    CLUSTER.awaitQueue(job, "RUNNING");

    CLUSTER.killNode(3).close();

    CLUSTER.awaitRecord(job, "COMPLETED 0:0");
  }

  @Tag("long")
  @Test
  void aChangedConfigurationIsTakenBack() {
    try (Fault small = CLUSTER.configured("MaxArraySize=3", "EnforcePartLimits=ALL")) {
      assertThat(small).isNotNull();
      assertThat(config()).contains("MaxArraySize = 3", "EnforcePartLimits = ALL");
    }
    assertThat(config()).contains("MaxArraySize = 1001", "EnforcePartLimits = NO");
  }

  private static String config() {
    return CLUSTER.run("scontrol", "show", "config").expect(0).out().replaceAll(" +", " ");
  }

  @Test
  void aRequeuedJobWaitsForItsNextAttempt() {
    String job = CLUSTER.submit("--wrap=sleep 300");
    CLUSTER.awaitQueue(job, "RUNNING");
    try {
      CLUSTER.requeue(job);
      CLUSTER.awaitQueue(job, "PENDING");
    } finally {
      CLUSTER.run("scancel", job).expect(0);
    }
  }

  @Tag("long")
  @Test
  void anExpiredJobHasTimedOut() {
    String job = CLUSTER.submit("--wrap=sleep 300");
    CLUSTER.awaitQueue(job, "RUNNING");

    CLUSTER.expire(job);

    CLUSTER.awaitRecord(job, "TIMEOUT 0:0");
  }

  @Test
  void aFaultThatCannotBeStagedIsAnError() {
    assertThatThrownBy(() -> CLUSTER.killNode(5)).hasMessageContaining("node5");
    assertThatThrownBy(() -> CLUSTER.expire("999999")).hasMessageContaining("999999");
    Ran unknown = CLUSTER.run("squeue", "--nosuch");
    assertThatThrownBy(() -> unknown.expect(0)).hasMessageContaining("--nosuch");
  }
}
