// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmReasonsTest {
  /** Reasons of libslurmfull 22.05.8, save what only its own code sees. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Resources",
        "Priority",
        "Dependency",
        "DependencyNeverSatisfied",
        "BeginTime",
        "JobHeldUser",
        "JobHeldAdmin",
        "JobHoldMaxRequeue",
        "Licenses",
        "Reservation",
        "BadConstraints",
        "NodeDown",
        "PartitionDown",
        "PartitionInactive",
        "PartitionNodeLimit",
        "PartitionTimeLimit",
        "PartitionConfig",
        "ReqNodeNotAvail",
        "JobArrayTaskLimit",
        "AccountNotAllowed",
        "InvalidAccount",
        "InvalidQOS",
        "QOSNotAllowed",
        "MaxMemPerLimit",
        "ReservationDeleted",
        "QOSMaxJobsPerUserLimit",
        "QOSMaxCpuPerUserLimit",
        "QOSMaxCpuPerJobLimit",
        "QOSMaxCpuMinutesPerJobLimit",
        "QOSMaxNodePerUserLimit",
        "QOSMaxGRESPerUser",
        "QOSMaxMemoryPerUser",
        "QOSMaxWallDurationPerJobLimit",
        "QOSMaxSubmitJobPerUserLimit",
        "QOSGrpCpuLimit",
        "QOSGrpCPUMinutesLimit",
        "QOSGrpCPURunMinutesLimit",
        "QOSGrpJobsLimit",
        "QOSGrpGRES",
        "QOSGrpSubmitJobsLimit",
        "QOSGrpWallLimit",
        "QOSMinCpuNotSatisfied",
        "QOSMinGRES",
        "AssocGrpCpuLimit",
        "AssocGrpCPUMinutesLimit",
        "AssocGrpCPURunMinutesLimit",
        "AssocGrpJobsLimit",
        "AssocGrpGRESRunMinutes",
        "AssocGrpBillingMinutes",
        "AssocGrpMemLimit",
        "AssocGrpNodeLimit",
        "AssocMaxJobsLimit",
        "AssocMaxSubmitJobLimit",
        "AssocMaxWallDurationPerJobLimit",
        "AssocMaxCpuPerJobLimit",
        "AssocMaxCpuMinutesPerJobLimit",
        "AssocMaxNodePerJobLimit",
        "MaxGRESPerAccount",
        "MaxCpuPerAccount",
        "MaxJobsPerAccount",
        "MaxSubmitJobsPerAccount",
        "launch failed requeued held",
        "launch_failed_requeued_held",
        "OUT_OF_MEMORY",
        "TIMEOUT",
        "NODE_FAIL",
        "PREEMPTED",
        "DEADLINE",
        "BOOT_FAIL",
        "OutOfMemory",
        "TimeLimit"
      })
  void eachReasonHasASentence(String reason) {
    assertThat(SlurmReasons.explain(reason)).isNotEqualTo(reason).contains(" ").endsWith(".");
  }

  @Test
  void detailsStandBehindTheSentence() {
    assertThat(SlurmReasons.explain("ReqNodeNotAvail, UnavailableNodes:node2"))
        .startsWith("Nodes that it needs are down")
        .endsWith(" (UnavailableNodes:node2)");
    assertThat(SlurmReasons.explain("(Priority)")).isEqualTo(SlurmReasons.explain("Priority"));
  }

  @Test
  void theLimitIsNamed() {
    assertThat(SlurmReasons.explain("QOSMaxJobsPerUserLimit")).contains("running jobs", "QOS");
    assertThat(SlurmReasons.explain("QOSMaxSubmitJobPerUserLimit")).contains("submitted jobs");
    assertThat(SlurmReasons.explain("AssocGrpCPUMinutesLimit"))
        .contains("minutes of cpus", "account");
    assertThat(SlurmReasons.explain("PartitionTimeLimit")).contains("--walltime");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NewReasonOf2030", "QOSMax", "Max", "a, b", "()", "QOSMaxFooPerUser"})
  void whatIsNotKnownIsToldAsItIs(String reason) {
    assertThat(SlurmReasons.explain(reason)).isEqualTo(reason);
  }
}
