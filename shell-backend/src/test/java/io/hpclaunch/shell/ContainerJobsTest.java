// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.ExecutableNotFound;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.testkit.FakeApptainer;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs in containers: what the runtime is given, and what is told when there is none. */
@Timeout(120)
class ContainerJobsTest {
  private final FakeApptainer apptainer = FakeApptainer.install();

  @RegisterExtension
  final HpcTestRuntime hpc =
      HpcTestRuntime.of("shell", Map.of("config", Map.of("container", apptainer.config())));

  private JobInfo failure(JobSpec.Builder spec) {
    HPCProcess job = hpc.submit(spec.build());
    JobInfo end = hpc.end(job);
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    return end;
  }

  private JobSpec.Builder job(ContainerSpec.Builder container) {
    return hpc.job("job").container(container.build());
  }

  @Test
  void theRuntimeIsGivenExactlyTheseWords() throws Exception {
    Path work = Files.createDirectories(hpc.folder().resolve("it's a, dir"));
    Files.createDirectory(work.resolve("in"));
    Files.createFile(work.resolve("app.sif"));
    ContainerSpec.Builder container = ContainerSpec.sif("app.sif")
        .input("in")
        .workingDirectory("/")
        .gpu(true)
        .options("--cleanenv", "--hostname=$x");
    HPCProcess job = hpc.submit(
        job(container).workingDirectory(work).command("echo", "a  b", "").build());
    assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(job.logs().stdout()).isEqualTo("a  b \n");
    assertThat(apptainer.calls())
        .containsExactly(List.of(
            "exec",
            "--nv",
            "--mount",
            "type=bind,\"source=" + work + "/in\",destination=/input,readonly",
            "--pwd",
            "/",
            "--cleanenv",
            "--hostname=$x",
            work + "/app.sif",
            "echo",
            "a  b",
            ""));
  }

  @Test
  void whatIsMissingOnTheNodeIsTheCause() {
    JobInfo image = failure(
        job(ContainerSpec.sif("/no/such.sif")).prologue("true # may bring it").command("true"));
    assertThat(image.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(image.reason()).contains("the image /no/such.sif cannot be read");
    JobInfo bind = failure(job(ContainerSpec.image("app").input("/no/input")).command("true"));
    assertThat(bind.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(bind.reason()).startsWith("/no/input, which the container is to see, is not there");
    assertThat(apptainer.calls()).isEmpty();
  }

  @Test
  void aFileThatIsNoImageIsMissedBeforeAnythingIsSubmitted() throws Exception {
    Path work = Files.createDirectories(hpc.folder().resolve("work"));
    JobSpec job =
        job(ContainerSpec.sif("app.sif")).workingDirectory(work).command("true").build();
    assertThatThrownBy(() -> hpc.submit(job))
        .isInstanceOf(InvalidJob.class)
        .hasMessageContaining("the image " + work + "/app.sif of job 'job' does not exist")
        .hasMessageContaining("nothing was submitted");
    assertThat(hpc.workspace().resolve("jobs")).doesNotExist();
    HPCProcess staged =
        hpc.submit(job.toBuilder().stageIn(StagedFile.content("", "app.sif")).build());
    assertThat(hpc.end(staged).state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void anImageThatCannotBeHadIsToldInTheRuntimesWords() {
    JobInfo end = failure(job(ContainerSpec.image("missing:1")).command("true"));
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(end.exitCode()).isEqualTo(255);
    assertThat(end.reason())
        .isEqualTo("apptainer: Unable to handle docker://missing:1 uri: failed"
            + " to get checksum for docker://missing:1: manifest unknown");
  }

  @Test
  void aStatusOf255OfTheProgramIsItsOwn() {
    JobInfo end = failure(job(ContainerSpec.image("app")).shell("exit 255"));
    assertThat(end.cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(end.exitCode()).isEqualTo(255);
  }

  @Test
  void nothingOfTheContainerStaysInTheJobsFolder() throws IOException {
    HPCProcess job = hpc.submit(job(ContainerSpec.image("app")).command("true").build());
    assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
    try (Stream<Path> files = Files.walk(hpc.workspace().resolve("jobs"))) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .contains("exit")
          .noneMatch(name -> name.contains("container"));
    }
  }

  @Test
  void aMissingRuntimeIsRefusedBeforeAnythingIsSubmitted() {
    JobSpec job = job(ContainerSpec.image("app")).command("true").build();
    Backend none = hpc.runtime()
        .open(
            "shell",
            Map.of(
                "name",
                "none",
                "workspace",
                hpc.workspace().toString(),
                "config",
                Map.of("container", Map.of("executable", "/no/such/podman"))));
    assertThatThrownBy(() -> none.submit(job))
        .isInstanceOf(ExecutableNotFound.class)
        .hasMessageContaining("looked for /no/such/podman")
        .hasMessageContaining("container.executable");
    assertThat(hpc.workspace().resolve("jobs")).doesNotExist();
    assertThat(none.script(job)).contains("/no/such/podman");

    HPCProcess later =
        none.submit(job.toBuilder().prologue("true # may bring it").build());
    JobInfo end = hpc.end(later);
    assertThat(end.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(end.reason()).contains("no container runtime on").contains("/no/such/podman");
    assertThat(end.exitCode()).isEqualTo(127);
  }

  @Test
  void jobsWithoutAContainerRunInTheConfiguredImage() {
    Backend entry = hpc.runtime()
        .open(
            "shell",
            Map.of(
                "name",
                "always",
                "workspace",
                hpc.workspace().toString(),
                "config",
                Map.of(
                    "container",
                    Map.of("executable", apptainer.executable().toString(), "image", "site:2"))));
    assertThat(hpc.end(entry.submit(hpc.job("plain").command("true").build())).state())
        .isEqualTo(JobState.COMPLETED);
    assertThat(apptainer.calls()).containsExactly(List.of("exec", "docker://site:2", "true"));
  }
}
