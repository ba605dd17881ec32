// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An account that knocks too often is locked: a thousand jobs cost a client one login. */
@Timeout(120)
class OneLoginTest {
  private static final int JOBS = 1000;
  private static final int SUBMITTERS = 4;

  /** Fewer channels than there are submitters. */
  @RegisterExtension
  static final SshdHost HOST = SshdHost.with("MaxSessions=3");

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("shell", Map.of("transport", HOST.transport()));

  @Test
  void aThousandJobsAreSubmittedAndFollowed() throws Exception {
    List<HPCProcess> jobs = submitAll(hpc.backend());
    for (HPCProcess job : jobs) {
      assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
    }
    assertThat(jobs).extracting(HPCProcess::id).doesNotHaveDuplicates().hasSize(JOBS);
    assertThat(HOST.logins()).isEqualTo(1);

    // What another client asks of them costs it one login, too.
    List<JobId> ids = jobs.stream().map(HPCProcess::id).toList();
    assertThat(hpc.stranger().status(ids).values())
        .hasSize(JOBS)
        .extracting(JobInfo::state)
        .containsOnly(JobState.COMPLETED);
    assertThat(HOST.logins()).isEqualTo(2);
  }

  private List<HPCProcess> submitAll(Backend backend) throws Exception {
    ExecutorService submitters = Executors.newFixedThreadPool(SUBMITTERS);
    try {
      List<Future<HPCProcess>> submissions = IntStream.range(0, JOBS)
          .mapToObj(number -> hpc.job("job " + number).command("true").build())
          .map((JobSpec spec) -> submitters.submit(() -> backend.submit(spec)))
          .toList();
      List<HPCProcess> jobs = new ArrayList<>();
      for (Future<HPCProcess> submission : submissions) {
        jobs.add(submission.get());
      }
      return jobs;
    } finally {
      submitters.shutdownNow();
    }
  }
}
