// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScontrolTest {
  private static final List<Scontrol.Job> JOBS = Scontrol.jobs(Fixture.read("scontrol-jobs.txt"));

  private static Scontrol.Job job(String rawId) {
    return JOBS.stream().filter(job -> job.rawId().equals(rawId)).findFirst().orElseThrow();
  }

  @Test
  void jobsAreToldAsTheyWere() {
    JobInfo failed = job("54").info();
    assertThat(failed.cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(failed.exitCode()).as("sacct says 127").isEqualTo(255);
    assertThat(failed.reason()).isNull();
    assertThat(failed.started()).isEqualTo(Instant.ofEpochSecond(1795255045));
    assertThat(failed.nodes()).containsExactly("node1");
    assertThat(job("56").info().signal()).isEqualTo(9);
    assertThat(job("58").info().cause()).isEqualTo(Cause.LAUNCH);
    assertThat(job("64").info().attempt()).isEqualTo(2);
    assertThat(job("64").info().state()).isEqualTo(JobState.QUEUED);
    assertThat(job("64").info().started()).isNull();
    assertThat(job("70").info().reason()).isEqualTo("DependencyNeverSatisfied");
    assertThat(job("71").info().cause()).isEqualTo(Cause.DEPENDENCY);
  }

  @Test
  void idsAreThoseOfSqueue() {
    assertThat(job("73").id()).isEqualTo(new SlurmId("63", 1, null, null, null));
    assertThat(job("60").id()).isEqualTo(new SlurmId("59", null, null, 1, null));
    assertThat(job("68").id().tasks()).isNotNull();
    assertThat(job("62").id()).isEqualTo(new SlurmId("62", null, null, null, null));
  }

  @Test
  void textsWithBlanksAndLineEndsAreWhole() {
    Scontrol.Job token = job("62");
    assertThat(token.command()).isEqualTo("/home/alice/work/job.sh an arg");
    assertThat(token.comment()).isEqualTo("htoken123");
    assertThat(token.workDir()).isEqualTo("/home/alice/work");
    assertThat(token.user()).isEqualTo("alice");
    String odd = "a|b \u001fc\"d'\nline2 é \uDCFF tab\t#x";
    assertThat(job("67").name()).isEqualTo(odd);
    assertThat(job("67").comment()).isEqualTo(odd);
    assertThat(job("67").info().state()).isEqualTo(JobState.HELD);
  }

  @Test
  void aCommentThatLooksLikeAFieldChangesNone() {
    Scontrol.Job job = Scontrol.jobs(
            "JobId=7 JobName=x UserId=alice(1) JobState=RUNNING Reason=None"
                + " Restarts=0 ExitCode=0:0 Command=/bin/x JobState=FAILED Foo=bar WorkDir=/w"
                + " Comment=k=v Foo=c Power=\n")
        .get(0);
    assertThat(job.info().state()).isEqualTo(JobState.RUNNING);
    assertThat(job.comment()).isEqualTo("k=v Foo=c");
    assertThat(job.workDir()).isEqualTo("/w");
  }

  @Test
  void theLongFormIsReadAsWell() {
    String answer = """
        JobId=35 JobName=timeout
           UserId=root(0) GroupId=root(0) MCS_label=N/A
           JobState=TIMEOUT Reason=TimeLimit Dependency=(null)
           Requeue=1 Restarts=0 BatchFlag=1 Reboot=0 ExitCode=0:15
           NodeList=node2

        """;
    Scontrol.Job job = Scontrol.jobs(answer.replace("\n", "\r\n")).get(0);
    assertThat(job.name()).isEqualTo("timeout");
    assertThat(job.info().cause()).isEqualTo(Cause.TIMEOUT);
    assertThat(job.info().nodes()).containsExactly("node2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "slurm_load_jobs error: Invalid job id specified\n",
        "JobId=",
        "JobId=x JobState=RUNNING",
        "JobId=7",
        "No jobs in the system\n",
        "===",
        "=\n=\nJobId"
      })
  void garbageIsNoJob(String answer) {
    assertThat(Scontrol.jobs(answer)).isEmpty();
  }

  @Test
  void readsTheConfiguration() {
    Scontrol.Config config = Scontrol.config(Fixture.read("scontrol-config.txt"));
    assertThat(config.version()).isEqualTo("22.05.8");
    assertThat(config.clusterName()).isEqualTo("lab");
    assertThat(config.maxArraySize()).isEqualTo(10_001);
    assertThat(config.hasAccounting()).isTrue();
    assertThat(config.enforcesPartLimits()).isFalse();
    assertThat(config.requeuesJobs()).isTrue();
    assertThat(config.mpiDefault()).isEqualTo("none");
    Scontrol.Config none = Scontrol.config("garbage\n= x\n");
    assertThat(none.maxArraySize()).isNull();
    assertThat(none.hasAccounting()).isFalse();
    assertThat(none.version()).isNull();
    assertThat(Scontrol.config("AccountingStorageType = (null)\r\nEnforcePartLimits=ALL\r\n")
            .enforcesPartLimits())
        .isTrue();
  }

  @Test
  void readsPartitions() {
    List<Scontrol.Partition> partitions =
        Scontrol.partitions(Fixture.read("scontrol-partitions.txt"));
    assertThat(partitions).hasSize(2);
    assertThat(partitions.get(0))
        .isEqualTo(new Scontrol.Partition(
            "debug",
            true,
            "UP",
            Duration.ofHours(1),
            Duration.ofMinutes(10),
            null,
            "node[1-2]",
            2,
            8));
    assertThat(partitions.get(1).maxTime()).isEqualTo(Duration.ofDays(7));
    assertThat(partitions.get(1).isDefault()).isFalse();
  }

  @Test
  void readsNodes() {
    List<Scontrol.Node> nodes = Scontrol.nodes(Fixture.read("scontrol-nodes.txt"));
    assertThat(nodes).hasSize(2);
    Scontrol.Node node = nodes.get(0);
    assertThat(node.name()).isEqualTo("node1");
    assertThat(node.cpus()).isEqualTo(4);
    assertThat(node.memory()).isEqualTo(4000 * MemorySize.MIB);
    assertThat(node.gpus()).isEqualTo(Map.of("gpu", 2));
    assertThat(node.partitions()).containsExactly("debug", "long");
    Scontrol.Node down = Scontrol.nodes(
            "NodeName=n1 State=DOWN+DRAIN OS=Linux 6 #1 SMP x Gres=(null)"
                + " Reason=Not responding [slurm@2026-11-21T01:44:50]\n")
        .get(0);
    assertThat(down.state()).isEqualTo("DOWN+DRAIN");
    assertThat(down.reason()).isEqualTo("Not responding [slurm@2026-11-21T01:44:50]");
    assertThat(down.gpus()).isEmpty();
  }

  @Test
  void commands() {
    assertThat(Scontrol.showJob("7", null))
        .containsExactly("scontrol", "--oneliner", "show", "job", "7");
    assertThat(Scontrol.showConfig("c1"))
        .containsExactly("scontrol", "--clusters=c1", "show", "config");
  }
}
