// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.NativeId;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.StagedFile;
import io.hpclaunch.api.Unsupported;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What a backend can't do is refused by name before anything is submitted, and the rest is not. */
interface RefusalContract extends BackendUnderTest {
  @TestFactory
  default Stream<DynamicTest> capabilities() {
    return Arrays.stream(Capability.values())
        .filter(capability -> capability != Capability.SHARED_FILES) // No job needs it.
        .map(capability -> dynamicTest(capability.label(), () -> claimedOrRefused(capability)));
  }

  private void claimedOrRefused(Capability capability) {
    JobSpec spec = needing(capability);
    assertTrue(spec.needs().contains(capability), () -> "a job that needs " + capability);
    if (hpc().backend().capabilities().has(capability)) {
      Checks.needs(this, capability); // a server may be too old for what its backend can do
      isNotRefused(spec, capability);
    } else {
      isRefused(spec);
    }
  }

  private void isNotRefused(JobSpec spec, Capability capability) {
    try {
      hpc().backend().script(spec);
    } catch (InvalidJob | InvalidConfiguration e) {
      // It was looked at more closely: a parent, an image, a launcher does not exist.
    } catch (Unsupported e) {
      List<Capability> lacking = lacking(spec);
      assertFalse(
          lacking.isEmpty(), () -> "claims " + capability.label() + ", yet says " + e.getMessage());
    }
  }

  private void isRefused(JobSpec spec) {
    Unsupported script =
        assertThrows(Unsupported.class, () -> hpc().backend().script(spec), "of a dry run");
    Unsupported refusal = assertThrows(Unsupported.class, () -> hpc().submit(spec));
    for (Unsupported each : List.of(script, refusal)) {
      assertTrue(
          lacking(spec).stream().anyMatch(lack -> Checks.message(each).contains(lack.label())),
          () -> "does not name what it cannot do: " + each.getMessage());
    }
    nothingWasSubmitted();
  }

  private List<Capability> lacking(JobSpec spec) {
    return spec.needs().stream()
        .filter(need -> !hpc().backend().capabilities().has(need))
        .toList();
  }

  private void nothingWasSubmitted() {
    assertEquals(List.of(), hpc().runtime().jobs().active().jobs(), "jobs that are remembered");
    assertEquals(List.of(), Folders.entries(hpc().workspace().resolve("jobs")), "jobs' folders");
    assertEquals(List.of(), hpc().processes(), "processes");
  }

  private JobSpec needing(Capability capability) {
    JobSpec.Builder job = hpc().job("needs " + capability.label()).command("true");
    JobId other = new JobId(hpc().backend().name(), NativeId.of(unknownNativeId()));
    switch (capability) {
      case ARRAYS -> job.array(ArrayRange.of(0, 1));
      case DEPENDENCIES -> job.dependsOn(Dependency.afterOk(other));
      case CONTAINERS -> job.container(ContainerSpec.image("debian").build());
      case STAGE_IN -> job.stageIn(StagedFile.content("text", "staged"));
      case SECRETS -> job.secretEnvironment("CONTRACT_SECRET", "secret");
      case LAUNCHERS -> job.launcher(launcher().orElse("mpi")).tasks(2);
      case STDIN -> job.stdin("/dev/null");
      case PROLOGUE -> job.prologue("true");
      case WARNING -> job.warn("USR1", Duration.ofSeconds(1));
      case NATIVE_OPTIONS -> job.nativeOptions("--contract");
      case MULTIPLE_NODES -> job.nodes(2);
      case GPUS -> job.gpus(1);
      case WALLTIME -> job.walltime(Duration.ofHours(1));
      case QUEUES -> job.queue("contract");
      case EXCLUSIVE -> job.resources(resources -> resources.exclusive(true));
      case CHUNKS -> job.resources(Resources.parse("select=1:ncpus=1+1:ncpus=2"));
      case SHARED_FILES -> throw new IllegalArgumentException("no job needs " + capability);
    }
    return job.build();
  }

  @Test
  default void aDryRunIsPure() {
    JobSpec spec = hpc().job("dry run").command("echo", "it's $dry").build();
    String script = hpc().backend().script(spec);
    assertFalse(script.isBlank(), "there is something to see");
    nothingWasSubmitted();
    JobSpec again = spec.toBuilder().build();
    assertEquals(
        withoutToken(script), withoutToken(hpc().backend().script(again)), "the same text twice");
  }

  /** A token names one submission; each dry run may show one of its own. */
  private static String withoutToken(String script) {
    return script.replaceAll("\\bh[0-9a-z]{25}\\b", "TOKEN");
  }
}
