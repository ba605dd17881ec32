// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.Dependency;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.NativeId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job starts when those it waits for have ended as asked, and never otherwise. */
interface DependencyContract extends BackendUnderTest {
  @Test
  default void aJobWaitsForAnother() {
    Checks.needs(this, Capability.DEPENDENCIES);
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    Path done = hpc().folder().resolve("done");
    HPCProcess parent = hpc()
        .submit(hpc()
            .job("parent")
            .environment("DONE", done.toString())
            .command(Gate.argv(go, "sleep 1; : >\"$DONE\""))
            .build());
    HPCProcess child = hpc()
        .submit(hpc()
            .job("child")
            .dependsOn(Dependency.afterOk(parent.id()))
            .command("test", "-e", done.toString())
            .build());
    hpc().until("the parent runs", () -> Gate.isReached(go));
    assertFalse(child.onExit().isDone(), "the child waits");
    Gate.open(go);
    Checks.completed(child, hpc().end(child));
    Checks.completed(parent, hpc().end(parent));
  }

  @Test
  default void afterOkOfAFailureNeverRuns() {
    neverRuns("exit 3", Dependency.Kind.AFTEROK);
  }

  @Test
  default void afterNotOkOfASuccessNeverRuns() {
    neverRuns("exit 0", Dependency.Kind.AFTERNOTOK);
  }

  @Test
  default void afterNotOkOfAFailureRuns() {
    runs("exit 3", Dependency.Kind.AFTERNOTOK);
  }

  @Test
  default void afterAnyOfASuccessRuns() {
    runs("exit 0", Dependency.Kind.AFTERANY);
  }

  @Test
  default void afterAnyOfAFailureRuns() {
    runs("exit 3", Dependency.Kind.AFTERANY);
  }

  private void neverRuns(String parentLine, Dependency.Kind kind) {
    Checks.needs(this, Capability.DEPENDENCIES);
    HPCProcess child = child(parentLine, kind);
    Checks.failed(child, hpc().end(child), Cause.DEPENDENCY);
    if (jobsRunHere()) {
      assertFalse(Files.exists(hpc().folder().resolve("ran")), "it ran all the same");
    }
  }

  private void runs(String parentLine, Dependency.Kind kind) {
    Checks.needs(this, Capability.DEPENDENCIES);
    HPCProcess child = child(parentLine, kind);
    Checks.completed(child, hpc().end(child));
  }

  /** The parent ends when its child is submitted, so that the scheduler has to judge its end. */
  private HPCProcess child(String parentLine, Dependency.Kind kind) {
    Path go = hpc().folder().resolve("go");
    boolean here = jobsRunHere();
    HPCProcess parent = hpc()
        .submit(hpc()
            .job("parent")
            .command(here ? Gate.argv(go, parentLine) : new String[] {"sh", "-c", parentLine})
            .build());
    HPCProcess child = hpc()
        .submit(hpc()
            .job("child")
            .dependsOn(new Dependency(kind, parent.id()))
            .command(here ? List.of("touch", hpc().folder() + "/ran") : List.of("true"))
            .build());
    if (here) {
      Gate.open(go);
    }
    return child;
  }

  @Test
  default void aParentThatNobodyKnowsIsRefusedBeforeAnythingIsSubmitted() {
    Checks.needs(this, Capability.DEPENDENCIES);
    JobId unknown = new JobId(hpc().backend().name(), NativeId.of(unknownNativeId()));
    JobSpec spec = hpc()
        .job("orphan")
        .dependsOn(Dependency.afterAny(unknown))
        .command("true")
        .build();
    InvalidJob refusal = assertThrows(InvalidJob.class, () -> hpc().submit(spec));
    Checks.names(refusal, unknownNativeId());
    assertEquals(0, hpc().runtime().jobs().active().jobs().size(), "something was submitted");
  }
}
