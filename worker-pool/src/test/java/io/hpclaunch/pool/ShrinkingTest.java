// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobId;
import io.hpclaunch.pool.wire.WorkerReport;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ShrinkingTest {
  private static final PoolJob OLD = job("old", 3);
  private static final PoolJob YOUNG = job("young", 2);

  private static PoolJob job(String nativeId, int workers) {
    return new PoolJob(JobId.parse("c:" + nativeId), workers, Instant.EPOCH, null, true);
  }

  private static WorkerReport worker(String id, String job, WorkerReport.State state) {
    return new WorkerReport(id, "n1", 1, "c:" + job, state, 1, 0, 0, 0, 0, Instant.EPOCH);
  }

  private static List<WorkerReport> all() {
    return List.of(
        ready("a", "old"),
        ready("b", "old"),
        ready("c", "old"),
        ready("d", "young"),
        ready("e", "young"));
  }

  private static WorkerReport ready(String id, String job) {
    return worker(id, job, WorkerReport.State.READY);
  }

  @Test
  void theYoungestJobsWorkersGoFirst() {
    Shrinking one = Shrinking.plan(List.of(OLD, YOUNG), 1, all());
    assertThat(one).isEqualTo(new Shrinking(List.of("e"), List.of(), Map.of(YOUNG.id(), 1)));
    Shrinking three = Shrinking.plan(List.of(OLD, YOUNG), 3, all());
    assertThat(three.drained()).containsExactly("d", "e", "c");
    assertThat(three.left()).isEqualTo(Map.of(YOUNG.id(), 0, OLD.id(), 2));
  }

  @Test
  void thoseWhoAreNotHeardOfGoBeforeTheOthers() {
    List<WorkerReport> present = List.of(ready("a", "old"), ready("b", "old"));
    assertThat(Shrinking.plan(List.of(OLD), 1, present))
        .isEqualTo(new Shrinking(List.of(), List.of(), Map.of(OLD.id(), 2)));
  }

  @Test
  void aJobThatNobodyHearsIsCancelledAsAWhole() {
    List<WorkerReport> present = all().subList(0, 3);
    assertThat(Shrinking.plan(List.of(OLD, YOUNG), 1, present))
        .isEqualTo(new Shrinking(List.of(), List.of(YOUNG.id()), Map.of(YOUNG.id(), 0)));
  }

  @Test
  void whoGoesAlreadyIsNotToldAgain() {
    PoolJob shrunk = job("old", 1);
    List<WorkerReport> present =
        List.of(ready("a", "old"), worker("b", "old", WorkerReport.State.DRAINING));
    assertThat(Shrinking.plan(List.of(shrunk, YOUNG), 2, present).drained()).isEmpty();
  }
}
