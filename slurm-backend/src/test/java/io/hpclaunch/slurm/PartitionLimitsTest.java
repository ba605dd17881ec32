// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.slurm.Scontrol.Partition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionLimitsTest {
  private static final PartitionLimits LIMITS = new PartitionLimits(List.of(
      new Partition("debug", true, Duration.ofHours(1), 2, 4, 16),
      new Partition("long", false, Duration.ofDays(7), null, 4, 16),
      new Partition("vague", false, null, null, null, null)));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--time=61 | a walltime of 01:01:00, and partition debug has MaxTime=01:00:00",
        "--time=60:01 | a walltime of 01:00:01, and partition debug has MaxTime=01:00:00",
        "--nodes=3 | 3 nodes, and partition debug has MaxNodes=2",
        "--ntasks=9 --ntasks-per-node=3 | 3 nodes, and partition debug has MaxNodes=2",
        "--nodes=5 --partition=long | 5 nodes, and partition long has TotalNodes=4",
        "--ntasks=17 | 17 cpus, and partition debug has TotalCPUs=16",
        "--ntasks=3 --cpus-per-task=6 | 18 cpus, and partition debug has TotalCPUs=16",
        "--nodes=2 --ntasks-per-node=9 | 18 cpus, and partition debug has TotalCPUs=16",
        "--nodes=4 --cpus-per-task=5 -p long | 20 cpus, and partition long has TotalCPUs=16",
        "--nodes=999999 -p long | 999999 nodes, and partition long has TotalNodes=4",
        "-p debug --nodes=1 --time=8-0 | walltime of 192:00:00, and partition debug has MaxTime",
      })
  void whatCanNeverRunIsTold(String asked, String why) {
    assertThat(LIMITS.refusal(Resources.parse(asked)))
        .startsWith("it asks for ")
        .contains(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--mem=1G",
        "--time=60 --nodes=2 --ntasks=16",
        "--time=61 -p long",
        "--nodes=4 -p long",
        "--nodes=9 --ntasks=2",
        "--nodes=3 -p debug,long",
        "--nodes=99 --time=99-0 --ntasks=99 -p vague",
        "--nodes=99 -p unheard-of",
        "--nodes=99 -p debug,unheard-of",
        "--nodes=99 -p debug,vague",
        "--nodes=3 --qos=high",
        "--time=61 --qos=high",
      })
  void whatMayRunSomewhereIsNot(String asked) {
    assertThat(LIMITS.refusal(Resources.parse(asked))).isNull();
  }

  @Test
  void ofSeveralPartitionsEachIsNamed() {
    assertThat(LIMITS.refusal(Resources.parse("--nodes=5 -p long,debug")))
        .contains("partition long has TotalNodes=4; ", "partition debug has MaxNodes=2");
    assertThat(LIMITS.refusal(Resources.parse("--nodes=5 --qos=high")))
        .contains("partition debug has TotalNodes=4");
  }

  @Test
  void withoutADefaultPartitionNothingIsKnown() {
    PartitionLimits none =
        new PartitionLimits(List.of(new Partition("long", false, Duration.ofDays(7), null, 4, 16)));
    assertThat(none.refusal(Resources.parse("--nodes=99"))).isNull();
    assertThat(new PartitionLimits(List.of()).refusal(Resources.parse("--nodes=99")))
        .isNull();
  }

  @Test
  void nativeOptionsAndReservationsMaySayOtherwise() {
    JobSpec.Builder job = JobSpec.builder("x").command("true").nodes(99);
    assertThat(PartitionLimits.apply(job.build())).isTrue();
    JobSpec reserved = job.resources(r -> r.reservation("mine")).build();
    assertThat(PartitionLimits.apply(reserved)).isFalse();
    JobSpec more =
        JobSpec.builder("x").command("true").nativeOptions("-p", "long").build();
    assertThat(PartitionLimits.apply(more)).isFalse();
  }
}
