// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Capability;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Elements of an array are jobs of their own, by the user's index. */
interface ArrayContract extends BackendUnderTest {
  @Test
  default void eachElementKnowsItsIndex() {
    Checks.needs(this, Capability.ARRAYS);
    HPCProcess array = hpc()
        .submit(hpc()
            .job("indices")
            .array(ArrayRange.parse("3-9:3"))
            .shell("echo \"$HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT is $HPC_JOB_ID\"")
            .build());
    Checks.completed(array, hpc().end(array));
    List<HPCProcess> elements = array.elements();
    assertEquals(
        List.of(array.id().element(3), array.id().element(6), array.id().element(9)),
        elements.stream().map(HPCProcess::id).toList());
    for (HPCProcess element : elements) {
      Checks.completed(element, hpc().end(element));
      Checks.output(element, element.id().nativeId().index() + " of 3 is " + element.id() + "\n");
    }
  }

  @Test
  default void anArrayOfOneElementIsAnArray() {
    Checks.needs(this, Capability.ARRAYS);
    HPCProcess array = hpc()
        .submit(hpc()
            .job("one")
            .array(ArrayRange.of(7, 7))
            .shell("echo \"$HPC_ARRAY_INDEX of $HPC_ARRAY_COUNT\"")
            .build());
    Checks.completed(array, hpc().end(array));
    assertEquals(1, array.elements().size());
    Checks.output(array.elements().get(0), "7 of 1\n");
  }

  @Test
  default void anElementThatFailsFailsTheWholeAndNoOther() {
    Checks.needs(this, Capability.ARRAYS);
    HPCProcess array = hpc()
        .submit(hpc()
            .job("mixed")
            .array(ArrayRange.of(0, 2))
            .shell("exit $((HPC_ARRAY_INDEX == 1 ? 5 : 0))")
            .build());
    JobInfo whole = hpc().end(array);
    assertEquals(JobState.FAILED, whole.state(), () -> "the whole: " + whole);
    List<HPCProcess> elements = array.elements();
    Checks.completed(elements.get(0), hpc().end(elements.get(0)));
    Checks.failed(elements.get(1), hpc().end(elements.get(1)), Cause.EXIT_CODE, 5, null);
    Checks.completed(elements.get(2), hpc().end(elements.get(2)));
    List<JobId> ids = elements.stream().map(HPCProcess::id).toList();
    Map<JobId, JobInfo> status = hpc().backend().status(ids);
    assertEquals(JobState.COMPLETED, Checks.answer(status, ids.get(0)).state());
    assertEquals(JobState.FAILED, Checks.answer(status, ids.get(1)).state());
  }

  @Test
  default void noMoreRunAtOnceThanAllowed() throws IOException {
    Checks.needs(this, Capability.ARRAYS);
    Checks.needsJobsHere(this);
    Path tally = hpc().folder().resolve("tally");
    HPCProcess array = hpc()
        .submit(hpc()
            .job("few")
            .array(ArrayRange.parse("1-6%2"))
            .environment("TALLY", tally.toString())
            .shell("echo + >>\"$TALLY\"; sleep 0.2; echo - >>\"$TALLY\"")
            .build());
    Checks.completed(array, hpc().end(array));
    int running = 0;
    for (String line : Files.readAllLines(tally)) {
      running += line.equals("+") ? 1 : -1;
      assertTrue(running <= 2, "more than two elements ran at once");
    }
    assertEquals(12, Files.readAllLines(tally).size(), "each element ran once");
  }

  @Test
  default void oneElementIsCancelledAndTheOthersGoOn() {
    Checks.needs(this, Capability.ARRAYS);
    Checks.needsJobsHere(this);
    Path go = hpc().folder().resolve("go");
    HPCProcess array = hpc()
        .submit(
            hpc().job("some").array(ArrayRange.of(1, 2)).command(Gate.argv(go)).build());
    HPCProcess first = array.elements().get(0);
    first.cancel();
    assertEquals(JobState.CANCELLED, hpc().end(first).state());
    Gate.open(go);
    HPCProcess second = array.elements().get(1);
    Checks.completed(second, hpc().end(second));
    assertTrue(hpc().end(array).state() != JobState.COMPLETED, "the whole did not complete");
  }

  @Test
  default void aWholeArrayIsCancelled() {
    Checks.needs(this, Capability.ARRAYS);
    HPCProcess array = hpc()
        .submit(
            hpc().job("all").array(ArrayRange.of(1, 3)).command("sleep", "3600").build());
    array.cancel();
    assertEquals(JobState.CANCELLED, hpc().end(array).state());
    for (HPCProcess element : array.elements()) {
      assertEquals(JobState.CANCELLED, hpc().end(element).state(), () -> "" + element.id());
    }
  }

  @Test
  default void elementsHaveFilesOfTheirOwn() throws IOException {
    Checks.needs(this, Capability.ARRAYS);
    Checks.needsJobsHere(this);
    Path out = hpc().folder().resolve("out");
    HPCProcess array = hpc()
        .submit(hpc()
            .job("files")
            .array(ArrayRange.of(1, 2))
            .stdout(out + "/{id}/{index}.txt")
            .shell("echo \"$HPC_ARRAY_INDEX\"")
            .build());
    Checks.completed(array, hpc().end(array));
    Path folder = out.resolve(array.id().nativeId().value());
    assertEquals("1\n", Files.readString(folder.resolve("1.txt")));
    assertEquals("2\n", Files.readString(folder.resolve("2.txt")));
    Checks.output(array.elements().get(1), "2\n");
  }
}
