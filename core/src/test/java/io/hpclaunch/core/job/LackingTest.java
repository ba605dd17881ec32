// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capabilities;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.StagedFile;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LackingTest {
  private static final Capabilities NOTHING = Capabilities.of();

  private static JobSpec job(UnaryOperator<JobSpec.Builder> asks) {
    return asks.apply(JobSpec.builder("job").command("true")).build();
  }

  private static Lacking lacking(JobSpec job) {
    return Lacking.of(job, job, NOTHING);
  }

  @Test
  void whatIsLackingIsToldInTheUsersWords() {
    assertThat(lacking(job(b -> b.queue("debug").prologue("secret words"))))
        .hasToString("prologue (prologue, by --prologue); queues (queue 'debug', by --queue)");
    assertThat(lacking(job(b -> b.array(ArrayRange.of(0, 9)).walltime(Duration.ofHours(2)))))
        .hasToString(
            "arrays (array '0-9', by --array); walltime (walltime '02:00:00', by" + " --walltime)");
    assertThat(lacking(job(b -> b.container(ContainerSpec.image("x").build()).gpus(2))))
        .hasToString(
            "containers (container, by --image or --bind); gpus (gpusPerNode '2', by --gpus)");
  }

  @Test
  void whatIsSecretIsNamedAndNotTold() {
    assertThat(lacking(job(b -> b.secretEnvironment("KEY", "hidden"))))
        .hasToString("secrets (secretEnvironment 'KEY')");
  }

  @Test
  void whatTheConfigurationAsksForIsNotTheUsers() {
    JobSpec given = job(b -> b.queue("debug"));
    JobSpec complete = new JobDefaults(
            Resources.builder().queue("other").account("site").build(),
            List.of("gcc", "mpi"),
            null,
            false)
        .fill(given);
    assertThat(Lacking.of(given, complete, NOTHING))
        .hasToString("prologue (modules 'gcc mpi', by the configuration); queues (queue 'debug', by"
            + " --queue, account 'site', by the configuration)");
  }

  @Test
  void nothingIsLackingOfWhatABackendCanDo() {
    JobSpec given = job(b -> b.queue("debug"));
    assertThat(Lacking.of(given, given, Capabilities.of(Capability.QUEUES)).isNone())
        .isTrue();
  }

  /** A capability that is needed and has no words would be an empty pair of brackets. */
  @ParameterizedTest
  @EnumSource(names = "SHARED_FILES", mode = EnumSource.Mode.EXCLUDE)
  void eachCapabilityHasWords(Capability capability) {
    Capability[] others = Arrays.stream(Capability.values())
        .filter(each -> each != capability)
        .toArray(Capability[]::new);
    JobSpec shaped = job(b -> b.nodes(2).gpus(1)); // chunks say both in words of their own
    JobSpec all = everything().needs().contains(capability) ? everything() : shaped;
    assertThat(Lacking.of(all, all, Capabilities.of(others)).toString())
        .startsWith(capability.label() + " (")
        .doesNotContain("()");
  }

  private static JobSpec everything() {
    return job(b -> b.array(ArrayRange.of(0, 1))
        .dependsOn(Dependency.afterOk(JobId.parse("shell:1")))
        .container(ContainerSpec.image("x").build())
        .stageIn(StagedFile.content("text", "staged"))
        .secretEnvironment("KEY", "hidden")
        .launcher("mpi")
        .stdin("/dev/null")
        .modules("gcc")
        .warn("USR1", Duration.ofMinutes(1))
        .nativeOptions("--hint")
        .resources(Resources.parse("select=2:ncpus=1:ngpus=1+1:ncpus=2"))
        .walltime(Duration.ofHours(1))
        .queue("debug")
        .resources(resources -> resources.exclusive(true)));
  }
}
