// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.pool.PoolStatus;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What people read of pools that are not as they should be. */
class PoolViewTest {
  private static final PoolStatus.Job RUNNING = new PoolStatus.Job(
      JobId.parse("box:7"), 2, Instant.EPOCH, JobInfo.builder(JobState.RUNNING).build());

  private static PoolStatus pool(
      boolean isConfigured, @Nullable String refusal, List<PoolStatus.Job> jobs) {
    return new PoolStatus(
        "small",
        "box",
        2,
        isConfigured ? 4 : 0,
        isConfigured,
        !jobs.isEmpty(),
        false,
        null,
        refusal,
        jobs,
        List.of());
  }

  private static String print(PoolStatus pool) {
    StringWriter out = new StringWriter();
    PoolView.print(pool, new PrintWriter(out));
    return out.toString();
  }

  @Test
  void aPoolWhoseFirstJobWasRefusedIsNotDeployedForTheSchedulersReason() {
    PoolStatus refused = pool(true, "Invalid account", List.of());
    assertThat(PoolView.state(refused)).isEqualTo("not deployed: its job was refused");
    assertThat(print(refused).lines())
        .containsExactly(
            "Pool small on box: 2 workers of 4 cpus; not deployed: its job was refused",
            "No job was submitted for the workers that are missing: Invalid account");
    assertThat(PoolView.state(pool(true, null, List.of()))).isEqualTo("not deployed");
  }

  @Test
  void aFurtherJobThatWasRefusedIsToldBesideThoseThatRun() {
    PoolStatus partly = pool(true, "no room", List.of(RUNNING));
    assertThat(PoolView.state(partly)).isEqualTo("deployed: 1 job running");
    assertThat(print(partly)).contains("missing: no room", "box:7");
  }

  @Test
  void aPoolThatIsConfiguredNoMoreSaysSo() {
    PoolStatus left = pool(false, null, List.of(RUNNING));
    assertThat(print(left))
        .startsWith(
            "Pool small on box: 2 workers; not configured any more; deployed: 1 job running");
    StringWriter table = new StringWriter();
    PoolView.table(List.of(left), new PrintWriter(table));
    assertThat(table.toString())
        .containsPattern("small +box +2 .*not configured any more; deployed: 1 job running");
    assertThat(PoolView.told(left)).returns(false, PoolView.Told::configured);
  }
}
