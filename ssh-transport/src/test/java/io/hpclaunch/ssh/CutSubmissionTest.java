// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.KnownJob;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.testkit.HpcTestRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The connection is cut after so many bytes of a submission's answers, wherever that is: the job
 * runs once and is known, or it does not run, and nothing of it is left.
 */
@Timeout(180)
class CutSubmissionTest {
  /** Of a whole submission; what is cut later is cut in the middle of nothing. */
  private static final int MOST_BYTES = 1200;

  private static final int STEP = 50;

  @RegisterExtension
  static final SshdHost HOST = SshdHost.shared();

  @RegisterExtension
  final LossyWay way = new LossyWay(HOST);

  @RegisterExtension
  final HpcTestRuntime hpc = HpcTestRuntime.of(
      "shell", Map.of("submit", Map.of("polling_interval", 0.2), "transport", way.transport()));

  private final Map<Integer, HPCProcess> accepted = new HashMap<>();
  private final List<Integer> denied = new ArrayList<>();

  @Test
  void aSubmissionIsWholeOrNot() throws IOException {
    hpc.run(hpc.job("first").command("true").build()); // the connection and the agent are up
    for (int bytes = 0; bytes <= MOST_BYTES; bytes += STEP) {
      submitCutAfter(bytes);
    }
    for (Map.Entry<Integer, HPCProcess> job : accepted.entrySet()) {
      assertThat(hpc.end(job.getValue()).state()).isEqualTo(JobState.COMPLETED);
      assertThat(mark(job.getKey())).hasContent("started");
    }
    assertThat(accepted).as("the first bytes are not the whole").hasSizeGreaterThan(1);
    denied.forEach(bytes -> assertThat(mark(bytes)).doesNotExist());
    // The folder of one that was denied may stay where the host was away when it was to go.
    int due = known().size() + hpc.runtime().jobs().unsettled().size();
    assertThat(folders()).hasSizeBetween(due, due + denied.size());
  }

  private void submitCutAfter(int bytes) {
    CompletableFuture<Void> healed = way.cutAfter(bytes);
    try {
      accepted.put(bytes, hpc.submit(job(bytes)));
    } catch (BackendUnavailable e) {
      denied.add(bytes);
      assertOneLine(e);
      assertThat(e).hasMessageContaining("nothing was submitted");
    } catch (OutcomeUnknown e) {
      assertOneLine(e);
    }
    way.heal();
    healed.join();
    awaitHost();
  }

  /** A login that met the cut is not tried again for a moment. */
  private void awaitHost() {
    while (true) {
      try {
        hpc.backend().transport().stat("/");
        return;
      } catch (BackendUnavailable | IOException e) {
        Thread.onSpinWait();
      }
    }
  }

  private static void assertOneLine(HpcException told) {
    assertThat(told.getMessage()).containsAnyOf("lost", "cannot reach").doesNotContain("\n");
  }

  private JobSpec job(int bytes) {
    return hpc.job("cut " + bytes)
        .shell("echo started >>\"" + mark(bytes) + "\"")
        .build();
  }

  private Path mark(int bytes) {
    return hpc.folder().resolve("mark-" + bytes);
  }

  private List<KnownJob> known() {
    List<KnownJob> all = new ArrayList<>(hpc.runtime().jobs().active().jobs());
    all.addAll(hpc.runtime().jobs().ended(Instant.EPOCH).jobs());
    return all;
  }

  private List<Path> folders() throws IOException {
    try (Stream<Path> folders = Files.list(hpc.workspace().resolve("jobs"))) {
      return folders.toList();
    }
  }
}
