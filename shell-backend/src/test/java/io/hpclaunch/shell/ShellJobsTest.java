// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
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
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.keySet().removeIf(name -> name.startsWith("HPC_"));
    return HpcRuntime.builder()
        .environment(environment)
        .workingDirectory(folder)
        .stateDirectory(folder.resolve("state"))
        .build();
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
}
