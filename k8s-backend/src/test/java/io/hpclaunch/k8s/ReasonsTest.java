// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.ReasonExplainer.Explanation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonsTest {
  /** Words of a Kubernetes 1.20. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', textBlock = """
      QUEUED | exceeded quota: q, requested: count/jobs.batch=1, used: count/jobs.batch=6         | hpc clean
      QUEUED | exceeded quota: q, requested: requests.cpu=2, used: requests.cpu=0                 | other jobs
      QUEUED | FailedCreate: Error creating: pods "a" is forbidden: failed quota: q: must specify requests.cpu | --cpus
      QUEUED | FailedCreate: error looking up service account default/ghost: serviceaccount "ghost" not found | service_account
      QUEUED | Unschedulable: persistentvolumeclaim "ghost" not found                            | persistentvolumeclaim
      QUEUED | Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.                       | it starts when
      FAILED | Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.                       | Submit it again
      QUEUED | FailedMount: MountVolume.SetUp failed for volume "v" : configmap "ghost" not found | volumes
      """)
  void aRemedyFitsTheReason(JobState state, String reason, String remedy) {
    JobInfo info = JobInfo.builder(state).reason(reason).build();
    assertThat(Reasons.explain(info)).map(Explanation::remedy).get().asString().contains(remedy);
  }
}
