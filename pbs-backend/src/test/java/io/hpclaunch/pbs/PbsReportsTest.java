// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import io.hpclaunch.api.ReasonExplainer.Explanation;
import io.hpclaunch.api.ResourceReport.NodeGroup;
import io.hpclaunch.api.ResourceReport.Queue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes, queues, servers, versions and reasons. */
class PbsReportsTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Explanation explain(String comment) {
    return PbsReasons.explain(JobInfo.builder(JobState.QUEUED).reason(comment).build())
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nodes.json", "nodes.txt"})
  void aHost(String file) {
    assertThat(PbsNodes.parse(Fixture.bytes(file)))
        .containsExactly(new NodeGroup(
            "localhost", null, 1, "free", null, null, 8, 16 * MemorySize.GIB, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vnodes.json", "vnodes.txt"})
  void nodesThatAreAlikeAreOneGroup(String file) {
    assertThat(PbsNodes.parse(Fixture.bytes(file)))
        .containsExactly(
            new NodeGroup("vm", null, 1, "free", null, null, 0, 0L, Map.of()),
            new NodeGroup(
                "vm[0],vm[1]", null, 2, "free", null, null, 4, 8 * MemorySize.GIB, Map.of()));
  }

  @Test
  void nodesOfTorque() {
    assertThat(PbsNodes.parse(Fixture.bytes("torque-nodes.xml")))
        .containsExactly(
            new NodeGroup(
                "n[1-2]",
                null,
                2,
                "free",
                null,
                null,
                16,
                65932504 * MemorySize.KIB,
                Map.of("gpu", 2)),
            new NodeGroup("n3", null, 1, "down,offline", null, null, 16, null, Map.of()));
    assertThat(PbsNodes.parse(bytes("pbsnodes: Server has no node list\n"))).isEmpty();
  }

  @Test
  void namesAreFolded() {
    assertThat(NodeNames.fold(List.of("n1", "n2", "n3", "login", "a9", "a10", "b09", "b10", "b12")))
        .isEqualTo("n[1-3],login,a[9-10],b[09-10],b12");
  }

  @Test
  void queuesAndTheirServer() {
    ServerInfo server = ServerInfo.parse(Fixture.bytes("server.json"));
    assertThat(server).isEqualTo(new ServerInfo("vm", "23.06.06", "workq", 10000, true));
    assertThat(PbsQueues.parse(Fixture.bytes("queues.json"), "workq"))
        .containsExactly(new Queue("workq", true, "enabled,started", null, null));
  }

  @Test
  void queuesAndTheirServerAsText() {
    assertThat(PbsQueues.parse(bytes("""
                Queue: gpu
                    queue_type = Execution
                    resources_max.nodect = 4
                    resources_max.walltime = 72:00:00
                    enabled = True
                    started = False
                """), "workq"))
        .containsExactly(new Queue("gpu", false, "enabled,stopped", Duration.ofDays(3), 4));
    assertThat(ServerInfo.parse(
            bytes("Server: head\n    default_queue = batch\n    pbs_version = 6.1.2\n\n")))
        .isEqualTo(new ServerInfo("head", "6.1.2", "batch", null, null));
    assertThat(ServerInfo.parse(bytes("qstat: cannot connect\n"))).isNull();
  }

  @Test
  void whoseCommandsTheseAre() {
    assertThat(Dialects.of("pbs_version = 23.06.06\n", "pbs_version = 23.06.06\n"))
        .isEqualTo(new Dialects.Verdict(Dialect.OPENPBS, false, "pbs_version = 23.06.06"));
    assertThat(
            Dialects.of("Version: 6.1.2\nCommit: 661e092\n", "Version: 6.1.2\n").dialect())
        .isEqualTo(Dialect.TORQUE);
    String slurm =
        "Unknown option: version\nUsage:\n    qstat [-f] [-a|-i|-r] [-? | --help]\n    [--man]";
    assertThat(Dialects.of(slurm, slurm).words()).contains("Slurm");
    String grid =
        "error: ERROR! invalid option argument \"--version\"\nSGE 8.1.9\nusage: qstat [options]";
    assertThat(Dialects.of(grid, "").impostor()).isTrue();
    assertThat(Dialects.of(grid, "").words()).contains("Grid Engine");
    assertThat(Dialects.of("hello", "")).isEqualTo(new Dialects.Verdict(null, false, "hello"));
    assertThat(Dialects.of("", "").words()).contains("say nothing");
  }

  @Test
  void aRequestThatIsTooLargeNeverRuns() {
    String comment = "Can Never Run: Insufficient amount of resource: ncpus (R: 99 A: 8";
    assertThat(PbsReasons.neverRuns(comment)).isTrue();
    assertThat(explain(comment).meaning()).contains("ncpus", "99", "never run");
    assertThat(explain(comment).remedy()).contains("less ncpus");
    assertThat(explain("Can Never Run: Not enough total nodes available").meaning())
        .contains("never");
    assertThat(explain("Can Never Run: something new").meaning()).contains("something new");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Not Running: Insufficient amount of resource: ncpus (R: 1 A: 0 T: 8)",
        "Not Running: Insufficient amount of server resource: licenses ",
        "Not Running: Not enough free nodes available",
        "Not Running: would exceed queue workq's per-user limit",
        "Not Running: User has reached queue workq running job limit.",
        "Not Running: Queue workq per-user limit reached on resource ncpus",
        "Not Running: Server job limit has been reached.",
        "Not Running: Job would conflict with reservation or top job",
        "Not Running: Job would cross dedicated time boundary",
        "Not Running: Queue not started.",
        "Not Running: Number of concurrent running subjobs limit reached",
        "Dependency: afterok:12.vm@vm",
        "Hold_Types: u",
        "Hold_Types: o",
        "Hold_Types: s",
        "Execution_Time",
      })
  void eachReasonHasASentence(String comment) {
    assertThat(explain(comment).meaning()).contains(" ").endsWith(".");
    assertThat(PbsReasons.neverRuns(comment)).isFalse();
  }

  /** OpenPBS never lets go what waits for a job that was deleted before it began. */
  @Test
  void aJobThatMayWaitForEverCanBeCancelled() {
    assertThat(explain("Dependency: afterany:12.vm@vm").remedy()).contains("deleted", "cancel it");
  }

  @Test
  void whatIsNotKnownAndWhatDoesNotWaitHasNone() {
    assertThat(PbsReasons.explain(JobInfo.builder(JobState.QUEUED).reason("hm").build()))
        .isEmpty();
    assertThat(PbsReasons.explain(JobInfo.builder(JobState.QUEUED).build())).isEmpty();
    assertThat(PbsReasons.explain(
            JobInfo.builder(JobState.RUNNING).reason("Hold_Types: u").build()))
        .isEmpty();
  }
}
