// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Jobs in the containers of a real Podman. */
@Timeout(180)
class PodmanTest {
  private static final String ODD = "it's \"a\" $HOME `id` \\ \u00e4 * --env";

  @RegisterExtension
  static final Podman PODMAN = new Podman();

  @RegisterExtension
  final HpcTestRuntime hpc =
      HpcTestRuntime.of("shell", Map.of("config", Map.of("container", PODMAN.config())));

  private JobSpec.Builder job(ContainerSpec.Builder container) {
    return hpc.job("podman").container(container.build());
  }

  private JobSpec.Builder job() {
    return job(PODMAN.busybox());
  }

  private HPCProcess completed(JobSpec.Builder spec) {
    HPCProcess job = hpc.submit(spec.build());
    JobInfo end = hpc.end(job);
    assertThat(end.state())
        .as(() -> end + "\n" + job.logs().stderr())
        .isEqualTo(JobState.COMPLETED);
    return job;
  }

  private void nothingIsLeft() {
    hpc.until("no container is left", () -> containers().isEmpty());
    hpc.until("no process is left", () -> hpc.processes().isEmpty());
  }

  /** Tokens name the jobs' folders. */
  private List<String> containers() throws IOException {
    try (var jobs = Files.list(hpc.workspace().resolve("jobs"))) {
      for (Path each : jobs.toList()) {
        List<String> left = PODMAN.containers(each.getFileName().toString());
        if (!left.isEmpty()) {
          return left;
        }
      }
    }
    return List.of();
  }

  @Test
  void wordsVariablesAndSecretsReachTheCommand() {
    HPCProcess job = completed(job(PODMAN.busybox().environment("INNER", ODD))
        .environment("GIVEN", ODD)
        .secretEnvironment("SECRET", ODD + "\nline 2")
        .command(
            "sh",
            "-c",
            "printf '<%s>' \"$@\" \"$INNER\" \"$GIVEN\" \"$SECRET\" \"$HPC_JOB_ID\"",
            "sh",
            ODD,
            "",
            "two\nlines"));
    assertThat(job.logs().stdout())
        .isEqualTo("<" + String.join("><", ODD, "", "two\nlines", ODD, ODD, ODD + "\nline 2") + "><"
            + job.id() + ">");
  }

  @Test
  void itRunsInTheJobsDirectoryAndSeesItsBinds() throws IOException {
    Path work = Files.createDirectory(hpc.folder().resolve("a, \"b\":c"));
    Path data = Files.createDirectory(hpc.folder().resolve("in, put"));
    Files.writeString(data.resolve("f"), "of the host");
    HPCProcess job = completed(job(PODMAN.busybox().input(data.toString()))
        .workingDirectory(work)
        .shell(
            "pwd; cat /input/f; echo made >out; echo x 2>/dev/null >/input/g || echo read-only"));
    assertThat(job.logs().stdout()).isEqualTo(work + "\nof the hostread-only\n");
    assertThat(work.resolve("out")).hasContent("made");
    HPCProcess elsewhere =
        completed(job(PODMAN.busybox().workingDirectory("/etc")).shell("pwd"));
    assertThat(elsewhere.logs().stdout()).isEqualTo("/etc\n");
  }

  @Test
  void standardInputReachesIt() throws IOException {
    Path input = Files.writeString(hpc.folder().resolve("in"), "line 1\nline 2");
    assertThat(completed(job().stdin(input.toString()).command("cat")).logs().stdout())
        .isEqualTo("line 1\nline 2");
    assertThat(completed(job().command("cat")).logs().stdout()).isEmpty();
  }

  @Test
  void itsStatusIsTheJobsAlsoWherePodmanHasTheSameOne() {
    for (int status : List.of(1, 3, 125, 126, 127)) {
      JobInfo end = hpc.run(job().shell("exit " + status).build());
      assertThat(end.cause()).as("status %s", status).isEqualTo(Cause.EXIT_CODE);
      assertThat(end.exitCode()).isEqualTo(status);
    }
    nothingIsLeft();
  }

  @Test
  void whatCannotBeStartedIsALaunchThatFailed() {
    JobInfo program = hpc.run(job().command("no-such-program").build());
    assertThat(program.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(program.reason()).contains("podman: ").contains("no-such-program");
    JobInfo option =
        hpc.run(job(PODMAN.busybox().options("--no-such")).command("true").build());
    assertThat(option.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(option.reason()).isEqualTo("podman: Error: unknown flag: --no-such");
    JobInfo image =
        hpc.run(job(ContainerSpec.image("localhost:1/none:1").options("--tls-verify=false"))
            .command("true")
            .build());
    assertThat(image.cause()).isEqualTo(Cause.LAUNCH);
    assertThat(image.reason())
        .startsWith("the image localhost:1/none:1 cannot be had on ")
        .contains("Error: ");
    nothingIsLeft();
  }

  @Test
  void aCancelReachesTheProgramAndLeavesNoContainer() throws IOException {
    HPCProcess job = hpc.submit(job()
        .workingDirectory(hpc.folder())
        .shell("trap 'echo asked >end; exit 0' TERM; : >up; while :; do sleep 0.1; done")
        .build());
    hpc.until("it runs", () -> Files.exists(hpc.folder().resolve("up")));
    assertThat(containers()).hasSize(1);
    job.cancel();
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
    assertThat(hpc.folder().resolve("end")).hasContent("asked");
    nothingIsLeft();
  }

  @Test
  void aStubbornProgramIsRemovedWithItsContainer() {
    HPCProcess job = hpc.submit(job()
        .workingDirectory(hpc.folder())
        .shell("trap '' HUP INT TERM; : >up; while :; do sleep 0.1; done")
        .build());
    hpc.until("it runs", () -> Files.exists(hpc.folder().resolve("up")));
    job.cancel();
    assertThat(hpc.end(job).state()).isEqualTo(JobState.CANCELLED);
    nothingIsLeft();
  }

  @Test
  void aWalltimeEndsTheContainer() {
    JobInfo end =
        hpc.run(job().command("sleep", "600").walltime(Duration.ofSeconds(3)).build());
    assertThat(end.cause()).isEqualTo(Cause.TIMEOUT);
    nothingIsLeft();
  }

  @Test
  void elementsOfAnArrayHaveContainersOfTheirOwn() {
    HPCProcess job = hpc.submit(job()
        .array(ArrayRange.of(0, 1))
        .shell("echo $HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT")
        .build());
    assertThat(hpc.end(job).state()).isEqualTo(JobState.COMPLETED);
    assertThat(job.elements().get(1).logs().stdout()).isEqualTo("1 of 2\n");
    nothingIsLeft();
  }
}
