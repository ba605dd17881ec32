// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A command in a container has what one without has: words, variables, an end. */
interface ContainerContract extends BackendUnderTest {
  private JobSpec.Builder contained(String name) {
    Checks.needs(this, Capability.CONTAINERS);
    assumeTrue(container().isPresent(), type() + " (no container to test with)");
    return hpc().job(name).container(container().get());
  }

  @Test
  default void wordsReachTheCommandInAContainerUnchanged() {
    List<String> odd =
        List.of("a  b", "it's", "\"q\"", "$HOME `id` \\n", "", "*", "--bind", "two\nlines", "ü");
    List<String> argv =
        new ArrayList<>(List.of("/bin/sh", "-c", "for w; do printf '<%s>' \"$w\"; done", "sh"));
    argv.addAll(odd);
    HPCProcess job = hpc().submit(contained("words").command(argv).build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "<" + String.join("><", odd) + ">");
  }

  @Test
  default void linesOfShellRunInAContainer() {
    HPCProcess job = hpc()
        .submit(contained("lines").shell("x='a  b'", "echo \"$x\" $((1 + 1))").build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "a  b 2\n");
  }

  @Test
  default void aContainersStatusIsTheJobs() {
    HPCProcess job =
        hpc().submit(contained("status").shell("echo err >&2; exit 42").build());
    JobInfo end = hpc().end(job);
    assertEquals(JobState.FAILED, end.state(), end::toString);
    assertEquals(Cause.EXIT_CODE, end.cause(), end::toString);
    assertEquals(42, end.exitCode());
    assertEquals(hasSeparateStreams() ? "err\n" : "", job.logs().stderr());
  }

  @Test
  default void aContainerSeesTheJobsVariablesAndItsOwn() {
    String odd = "a  'b' \"c\" $HOME `id` \\ \\$ ü";
    ContainerSpec given = container().orElse(ContainerSpec.image("none").build());
    ContainerSpec.Builder own = ContainerSpec.image(String.valueOf(given.image()));
    own.options(given.options().toArray(new String[0])).environment("OF_THE_CONTAINER", odd);
    JobSpec.Builder spec = contained("variables").container(own.build()).environment("OF_JOB", odd);
    boolean secrets = hpc().backend().capabilities().has(Capability.SECRETS);
    if (secrets) {
      spec.secretEnvironment("A_SECRET", odd);
    }
    spec.shell("printf '%s\\n' \"$HPC_JOB_ID\" \"$OF_JOB\" \"$OF_THE_CONTAINER\" \"${A_SECRET-}\"");
    HPCProcess job = hpc().submit(spec.build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, job.id() + "\n" + odd + "\n" + odd + "\n" + (secrets ? odd : "") + "\n");
  }

  @Test
  default void aLauncherStartsAContainerForEachTask() {
    Checks.needs(this, Capability.LAUNCHERS);
    assumeTrue(launcher().isPresent(), type() + " (no launcher to test with)");
    JobSpec.Builder spec = contained("ranks").launcher(launcher().get()).tasks(2);
    HPCProcess job =
        hpc().submit(spec.command("/bin/sh", "-c", "echo \"$1\"", "sh", "a 'b'").build());
    Checks.completed(job, hpc().end(job));
    Checks.output(job, "a 'b'\na 'b'\n");
  }

  @Test
  default void aCancelledContainerEnds() {
    Checks.needsJobsHere(this);
    JobSpec.Builder spec = contained("long").workingDirectory(hpc().folder());
    HPCProcess job = hpc().submit(spec.shell(": >up", "sleep 600").build());
    hpc().until("it runs", () -> Files.exists(hpc().folder().resolve("up")));
    job.cancel();
    assertEquals(JobState.CANCELLED, hpc().end(job).state());
    hpc().until("none of its processes is left", () -> hpc().processes().isEmpty());
  }
}
