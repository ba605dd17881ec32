// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Unsupported;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a script; that it does what it should is tested where scripts are run. */
class ContainerScriptTest {
  private static JobSpec.Builder job(ContainerSpec.Builder container) {
    return JobSpec.builder("job")
        .container(container.build())
        .workingDirectory("/w")
        .command("x");
  }

  private static ContainerScript script(JobSpec.Builder job, @Nullable ContainerRuntime runtime) {
    ContainerSettings settings = new ContainerSettings(runtime, null, List.of(), null);
    ContainerScript script = ContainerScript.of(job.build(), settings, Duration.ofSeconds(10));
    assertThat(script).isNotNull();
    return script;
  }

  @Test
  void withoutAContainerThereIsNoPart() {
    ContainerSettings settings = new ContainerSettings(null, null, List.of(), "unused");
    JobSpec plain = JobSpec.builder("job").command("x").build();
    assertThat(ContainerScript.of(plain, settings, Duration.ZERO)).isNull();
  }

  @Test
  void allRuntimesAreLookedForInTheirOrder() {
    ContainerScript script = script(job(ContainerSpec.image("app")), null);
    assertThat(script.lines())
        .contains("for hpc_kind in apptainer singularity podman docker; do")
        .contains("case $hpc_kind in");
    assertThat(script.commands()).containsExactly("apptainer", "singularity", "podman", "docker");
  }

  @Test
  void onlyThoseThatCanRunTheImageAreLookedFor() {
    ContainerScript file = script(job(ContainerSpec.sif("/a.sif")), null);
    assertThat(file.commands()).containsExactly("apptainer", "singularity");
    assertThat(file.following()).isEmpty();
    assertThatThrownBy(() -> script(job(ContainerSpec.sif("/a.sif")), ContainerRuntime.PODMAN))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("/a.sif")
        .hasMessageContaining("podman cannot");
  }

  @Test
  void dockerIsNotStartedByALauncher() {
    JobSpec.Builder launched = job(ContainerSpec.image("app")).launcher("mpi").tasks(2);
    assertThat(script(launched, null).commands())
        .containsExactly("apptainer", "singularity", "podman");
    assertThatThrownBy(() -> script(launched, ContainerRuntime.DOCKER))
        .isInstanceOf(Unsupported.class)
        .hasMessageContaining("launcher mpi");
  }

  @Test
  void namesOfVariablesStandInTheLineAndNoValues() {
    JobSpec.Builder job = job(ContainerSpec.image("app"))
        .environment("GIVEN", "value of it")
        .environment("UNSET", null)
        .secretEnvironment("SECRET", "hush");
    assertThat(script(job, ContainerRuntime.PODMAN).lines())
        .contains("--env SECRET --env GIVEN")
        .doesNotContain("hush", "value of it", "UNSET");
  }

  @Test
  void aContainerIsRemovedBeforeTheSchedulerKills() {
    assertThat(script(job(ContainerSpec.image("app")), ContainerRuntime.PODMAN).following())
        .startsWith("hpc_patience=60 ");
  }

  @Test
  void anImageIsNotFetchedBesideTheUsersOwnWay() {
    ContainerSpec.Builder never = ContainerSpec.image("app").options("--pull=never");
    assertThat(script(job(never), ContainerRuntime.PODMAN).lines()).doesNotContain("pull --quiet");
    assertThat(script(job(ContainerSpec.image("app")), ContainerRuntime.DOCKER).lines())
        .contains("pull --quiet");
  }

  @Test
  void aVariableThatNoShellCanExportIsRefusedForApptainer() {
    ContainerSpec.Builder odd = ContainerSpec.image("app").environment("a.b", "c");
    assertThatThrownBy(() -> script(job(odd), ContainerRuntime.APPTAINER).lines())
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("'a.b'");
    assertThat(script(job(odd), ContainerRuntime.PODMAN).lines()).contains("--env a.b=c");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "-x",
        "--privileged",
        "app:1 --privileged",
        "app\n",
        "a\u00a0b",
        "docker://",
        "docker://-x",
        "oras://-x",
        "-x://app"
      })
  void whatNoImageIsCalledIsRefused(String image) {
    assertThatThrownBy(() -> script(job(ContainerSpec.image(image)), null))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("is no image of a container")
        .hasMessageNotContaining("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app",
        "Host.edu:5000/a/b-c:1.2@sha256:0123",
        "docker://app:1",
        "oras://h/a.sif",
        "my images/app.sif",
        "-x.sif",
        "sha256:01ab"
      })
  void whatAnImageMayBeCalledIsLeftToTheRuntime(String image) {
    assertThat(script(job(ContainerSpec.image(image)), ContainerRuntime.APPTAINER))
        .isNotNull();
  }

  @Test
  void linesOfShellAreTheContainersShells() {
    JobSpec lines = JobSpec.builder("job").shell("a 'b'", "c").build();
    assertThat(ContainerScript.argv(lines)).containsExactly("/bin/sh", "-c", "a 'b'\nc");
  }
}
