// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.Resources;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReservedTest {
  @ParameterizedTest
  @CsvSource({
    "--cpus-per-task=4, 4, ",
    "--ntasks=6, 6, ",
    "--ntasks=6 --cpus-per-task=2 --mem=16G, 12, 16",
    "--nodes=2 --ntasks-per-node=3 --mem=16G, 6, 16",
    "--nodes=2, , ",
    "--mem=2G, , 2",
    "--nodes=2 --exclusive --cpus-per-task=4 --mem=2G, , 2",
    "--cpus-per-task=4 --mem-per-cpu=2G, 4, 8",
    "--nodes=2 --ntasks-per-node=3 --cpus-per-task=4 --mem-per-cpu=1G, 24, 12",
    "--nodes=2 --ntasks=3 --mem-per-cpu=1G, 3, 2",
    "--ntasks=3 --mem-per-cpu=1G, 3, ",
    "--ntasks=100000 --cpus-per-task=100000, , ",
    "select=2:ncpus=8:mem=32gb, 16, 32",
    "select=1:ncpus=8:mem=32gb+1:ncpus=1, , "
  })
  void whatFollowsFromTheResources(String words, Integer cpus, Long gib) {
    assertThat(Reserved.of(Resources.parse(words)))
        .isEqualTo(new Reserved(cpus, gib == null ? null : Long.valueOf(gib * MemorySize.GIB)));
  }

  @Test
  void nothingAskedForIsUnknown() {
    assertThat(Reserved.of(Resources.none())).isEqualTo(Reserved.UNKNOWN);
  }

  @Test
  void whatTheSchedulerSaysHoldsThenWhatItSaidThenTheRequest() {
    Reserved asked = new Reserved(2, 100L);
    JobInfo bare =
        JobInfo.builder(JobState.COMPLETED).wallTime(Duration.ofSeconds(1)).build();
    assertThat(asked.complete(bare, null))
        .isEqualTo(bare.toBuilder().allocatedCpus(2).allocatedMemory(100L).build());
    JobInfo before = JobInfo.builder(JobState.RUNNING).allocatedCpus(4).build();
    assertThat(asked.complete(bare, before))
        .isEqualTo(bare.toBuilder().allocatedCpus(4).allocatedMemory(100L).build());
    JobInfo told = bare.toBuilder().allocatedCpus(8).allocatedMemory(7L).build();
    assertThat(asked.complete(told, before)).isEqualTo(told);
    assertThat(Reserved.UNKNOWN.complete(bare, null)).isEqualTo(bare);
  }

  @Test
  void aJobThatNeverRanHeldNothing() {
    JobInfo cancelled = JobInfo.builder(JobState.CANCELLED).build();
    assertThat(new Reserved(2, 100L).complete(cancelled, null)).isEqualTo(cancelled);
  }
}
