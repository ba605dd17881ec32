// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.FakeApptainer;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Pods in which an apptainer runs the job's own image: a stand-in that the node has for them, in a
 * folder of their PATH.
 */
@OnKubernetes
class KubernetesApptainerTest {
  private static final FakeApptainer APPTAINER = FakeApptainer.install();

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of("k8s", OnKubernetes.Site.entry(config()));

  private static Map<String, Object> config() {
    String folder = APPTAINER.executable().getParent().toString();
    return Map.of(
        "apptainer",
        true,
        "volumes",
        List.of(
            Map.of("host_path", folder, "mount", "/usr/sbin"),
            Map.of("empty_dir", true, "mount", "/mnt/data", "path", "/data")));
  }

  private HPCProcess submit(ContainerSpec container, JobSpec.Builder job) {
    return hpc.submit(job.container(container).build());
  }

  @Test
  void theCommandRunsInTheJobsOwnImage() {
    ContainerSpec container = ContainerSpec.image("registry.example.org/tool:2")
        .bind(ContainerSpec.Bind.parse("/data/in:/input:ro"))
        .workingDirectory("/tmp")
        .environment("OF_THE_CONTAINER", "it's $HOME")
        .gpu(true)
        .build();
    HPCProcess job = submit(
        container,
        hpc.job("contained")
            .secretEnvironment("A_SECRET", "s3cret")
            .command("sh", "-c", "echo \"$1 $PWD $OF_THE_CONTAINER $A_SECRET\"", "sh", "a 'b' $c"));
    JobInfo end = hpc.end(job);
    assertThat(end.state()).as(job.logs().stdout()).isEqualTo(JobState.COMPLETED);
    assertThat(job.logs().stdout()).isEqualTo("a 'b' $c /tmp it's $HOME s3cret\n");
    assertThat(APPTAINER.calls())
        .anySatisfy(words -> assertThat(words)
            .startsWith("exec", "--nv", "--bind", "/mnt/data/in:/input:ro", "--pwd", "/tmp")
            .containsSubsequence("docker://registry.example.org/tool:2", "sh", "-c"));
  }

  @Test
  void aSifNeedsNoImageOfItsOwn() {
    ContainerSpec container =
        ContainerSpec.sif("/bin/bash").build(); // it is enough that it is there
    HPCProcess job = submit(container, hpc.job("sif").shell("echo from the sif; exit 4"));
    assertThat(hpc.end(job).exitCode()).isEqualTo(4);
    assertThat(job.logs().stdout()).isEqualTo("from the sif\n");
  }

  @Test
  void anImageThatCannotBeHadIsToldByApptainer() {
    ContainerSpec container = ContainerSpec.image("missing/tool:2").build();
    HPCProcess job = submit(container, hpc.job("missing").command("true"));
    assertThat(hpc.end(job).exitCode()).isEqualTo(255);
    assertThat(job.logs().stdout()).contains("manifest unknown");
  }

  @Test
  void aJobWithoutAnImageRunsInThePodsOwn() {
    HPCProcess job = hpc.submit(hpc.job("plain").command("echo", "plain").build());
    assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(job.logs().stdout()).isEqualTo("plain\n");
  }
}
