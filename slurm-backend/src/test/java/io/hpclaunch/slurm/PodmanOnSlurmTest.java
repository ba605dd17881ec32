// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A real Podman in the jobs of a real Slurm, which kills two seconds after it asked. */
@Timeout(180)
class PodmanOnSlurmTest {
  @RegisterExtension
  static final SlurmCluster CLUSTER = new SlurmCluster();

  private final String podman = System.getenv("HPC_PODMAN_HOME") + "/podman";

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of(
      "slurm",
      Map.of(
          "config",
          Map.of("slurm_conf", CLUSTER.conf(), "container", Map.of("executable", podman))));

  @BeforeEach
  void thereIsAPodman() {
    assumeTrue(Files.isExecutable(Path.of(podman)), "Podman (no HPC_PODMAN_HOME of podman-up)");
  }

  private JobSpec.Builder job(String... lines) {
    return hpc.job("podman")
        .workingDirectory(hpc.folder())
        .container(ContainerSpec.image("localhost/hpc-test:1").build())
        .shell(lines);
  }

  private boolean hasContainers() throws Exception {
    Process ps = new ProcessBuilder(podman, "ps", "--all", "--format", "{{.Mounts}}").start();
    String mounts = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return mounts.contains(hpc.folder().toString());
  }

  @Test
  void aTaskInAContainerIsLikeAnyOther() {
    HPCProcess job = hpc.submit(job("echo $SLURM_JOB_ID $HPC_JOB_ID; exit 7").build());
    assertThat(hpc.end(job).exitCode()).isEqualTo(7);
    assertThat(job.logs().stdout()).isEqualTo(job.id().nativeId() + " " + job.id() + "\n");
  }

  @Test
  void noContainerStaysBehindACancel() throws Exception {
    HPCProcess job = hpc.submit(
        job("trap '' HUP INT TERM; : >up; while :; do sleep 0.1; done").build());
    hpc.until("it runs", () -> Files.exists(hpc.folder().resolve("up")));
    assertThat(hasContainers()).isTrue();
    job.cancel();
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
    hpc.until("no container is left", () -> !hasContainers());
  }
}
