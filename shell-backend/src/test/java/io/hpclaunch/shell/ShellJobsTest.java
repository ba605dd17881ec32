// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.Rejected;
import io.hpclaunch.api.Resources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs as a user has them: through core, on the shell of this machine. */
@Timeout(120)
class ShellJobsTest {
  @TempDir
  Path folder;

  private HpcRuntime runtime;
  private Backend shell;

  @BeforeEach
  void open() {
    runtime = runtime();
    shell = runtime.backend("shell");
  }

  private HpcRuntime runtime() {
    return builder().build();
  }

  private HpcRuntime.Builder builder() {
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HPC_"));
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"));
  }

  @AfterEach
  void close() {
    runtime.close();
  }

  @Test
  void helloWorld() throws Exception {
    HPCProcess process = shell.submit(
        JobSpec.builder("hello-world").shell("echo 'Hello, world!'").cpus(1).build());
    assertThat(process.waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(process.logs().stdout()).isEqualTo("Hello, world!\n");
    assertThat(process.info().exitCode()).isZero();
    assertThat(process.info().wallTime()).isPositive();
  }

  @Test
  void aWalltimeIsKept() throws Exception {
    JobInfo end = shell
        .submit(JobSpec.builder("long")
            .command("sleep", "60")
            .walltime(Duration.ofSeconds(1))
            .build())
        .waitFor();
    assertThat(end.state()).isEqualTo(JobState.FAILED);
    assertThat(end.cause()).isEqualTo(Cause.TIMEOUT);
  }

  @Test
  void aRuntimeThatComesLaterFindsTheJob() throws Exception {
    HPCProcess process =
        shell.submit(JobSpec.builder("later").shell("sleep 0.3; exit 7").build());
    runtime.close();
    runtime = runtime();
    List<KnownJob> active = runtime.jobs().active().jobs();
    assertThat(active).extracting(KnownJob::id).containsExactly(process.id());
    JobInfo end = runtime.backend("local").attach(process.id()).waitFor();
    assertThat(end.exitCode()).isEqualTo(7);
    assertThat(end.cause()).isEqualTo(Cause.EXIT_CODE);
    assertThat(runtime.jobs().active().jobs()).isEmpty();
  }

  @Test
  void arraysAndThoseWhoWaitForThem() throws Exception {
    HPCProcess array = shell.submit(JobSpec.builder("array")
        .shell("echo $HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT; exit $((HPC_ARRAY_INDEX == 5))")
        .array(ArrayRange.parse("1-9:2%2"))
        .build());
    HPCProcess never = shell.submit(JobSpec.builder("never")
        .command("true")
        .dependsOn(Dependency.afterOk(array.id()))
        .build());
    HPCProcess after = shell.submit(JobSpec.builder("after")
        .command("true")
        .dependsOn(Dependency.afterAny(array.id()))
        .build());
    assertThat(array.waitFor().state()).isEqualTo(JobState.FAILED);
    List<String> said = new ArrayList<>();
    for (HPCProcess element : array.elements()) {
      element.waitFor();
      said.add(element.logs().stdout().strip());
    }
    assertThat(said).containsExactly("1 of 5", "3 of 5", "5 of 5", "7 of 5", "9 of 5");
    assertThat(array.elements().get(2).waitFor().exitCode()).isEqualTo(1);
    assertThat(array.elements().get(3).waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(never.waitFor().cause()).isEqualTo(Cause.DEPENDENCY);
    assertThat(after.waitFor().state()).isEqualTo(JobState.COMPLETED);
  }

  @Test
  void cancelEndsIt() throws Exception {
    HPCProcess process =
        shell.submit(JobSpec.builder("c").command("sleep", "1000").build());
    process.cancel();
    assertThat(process.waitFor().state()).isEqualTo(JobState.CANCELLED);
    process.cancel();
  }

  /** Elements end while the wish comes: each counts as what it was first. */
  @Test
  void anArrayThatIsCancelledWhileItsElementsEndEnds() throws Exception {
    for (int i = 0; i < 4; i++) {
      HPCProcess array = shell.submit(
          JobSpec.builder("array").command("true").array(ArrayRange.of(1, 300)).build());
      array.elements().get(0).waitFor();
      array.cancel();
      assertThat(array.waitFor().state()).isIn(JobState.CANCELLED, JobState.COMPLETED);
    }
  }

  @Test
  void twoEntriesOfOneTypeAreTwoBackends() throws Exception {
    runtime.close();
    runtime = builder()
        .configuration(Map.of(
            "backends",
            List.of(
                Map.of("name", "one", "type", "shell", "config", Map.of("slots", 1)),
                Map.of("name", "two", "type", "shell", "workspace", folder + "/scratch"))))
        .build();
    JobSpec spec = JobSpec.builder("who").shell("echo $HPC_JOB_ID").build();
    HPCProcess one = runtime.backend("one").submit(spec);
    HPCProcess two = runtime.backend("two").submit(spec);
    assertThat(one.waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(two.waitFor().state()).isEqualTo(JobState.COMPLETED);
    assertThat(one.logs().stdout()).isEqualTo(one.id() + "\n").startsWith("one:");
    assertThat(two.logs().stdout()).isEqualTo(two.id() + "\n").startsWith("two:");
    assertThat(runtime.jobs().find(two.id()).orElseThrow().jobDirectory())
        .startsWith(folder + "/scratch/jobs/");
  }

  /** The same user's next client, whose configuration has such an entry. */
  private Backend reopened(String name, Map<String, ?> config) {
    runtime.close();
    runtime = builder()
        .configuration(
            Map.of("backends", List.of(Map.of("name", name, "type", "shell", "config", config))))
        .build();
    return runtime.backend(name);
  }

  private static JobState state(Backend backend, JobId job) {
    return backend.status(List.of(job)).get(job).state();
  }

  private static HPCProcess running(Backend backend) {
    HPCProcess job =
        backend.submit(JobSpec.builder("long").command("sleep", "1000").build());
    AgentSpool.await(() -> state(backend, job.id()) == JobState.RUNNING);
    return job;
  }

  @ParameterizedTest
  @ValueSource(strings = {"shell", "box"})
  void jobsAreFoundWhateverChangesInTheirEntry(String name) throws Exception {
    Backend backend = name.equals("shell") ? shell : reopened(name, Map.of());
    JobId job = running(backend).id();
    for (Map<String, ?> config : List.<Map<String, ?>>of(
        Map.of("slots", 16, "gpus", List.of(0, 1), "memory", "64G"),
        Map.of("kill_grace", 1),
        Map.of("slots", 1))) {
      backend = reopened(name, config);
      assertThat(state(backend, job)).as("%s", config).isEqualTo(JobState.RUNNING);
    }
    backend.attach(job).cancel();
    assertThat(backend.attach(job).waitFor().state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void aLimitThatIsTakenFromTheConfigurationHoldsNoLonger() throws Exception {
    JobSpec spec = JobSpec.builder("wide")
        .command("true")
        .resources(Resources.builder().cpusPerTask(100_000).build())
        .build();
    assertThat(
            reopened("shell", Map.of("slots", 100_000)).submit(spec).waitFor().state())
        .isEqualTo(JobState.COMPLETED);
    Backend without = reopened("shell", Map.of());
    assertThatThrownBy(() -> without.submit(spec))
        .isInstanceOf(Rejected.class)
        .hasMessageContaining("100000 cpus are asked for");
  }

  @Test
  void noJobKeepsAFileOpenInItsClient() throws Exception {
    Path out = folder.resolve("out");
    Process client = new ProcessBuilder(
            "bash",
            "-c",
            "ulimit -n 256 && exec \"$@\"",
            "bash",
            ProcessHandle.current().info().command().orElse("java"),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            ManyJobs.class.getName(),
            folder.toString())
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start();
    assertThat(client.waitFor()).as(() -> text(out)).isZero();
    assertThat(out).content().endsWith("400 completed\n");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A client that follows more jobs than it may have files open. */
  static final class ManyJobs {
    private static final int NUMBER = 400;

    private ManyJobs() {}

    public static void main(String[] args) throws InterruptedException {
      try (HpcRuntime runtime = HpcRuntime.builder()
          .workingDirectory(Path.of(args[0]))
          .stateDirectory(Path.of(args[0], "state"))
          .build()) {
        JobSpec spec = JobSpec.builder("true").command("true").build();
        List<HPCProcess> all = new ArrayList<>();
        for (int i = 0; i < NUMBER; i++) {
          all.add(runtime.backend("shell").submit(spec));
        }
        int completed = 0;
        for (HPCProcess each : all) {
          completed += each.waitFor().state() == JobState.COMPLETED ? 1 : 0;
        }
        System.out.println(completed + " completed");
      }
    }
  }
}
