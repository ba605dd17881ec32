// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * What it costs to ask the backend {@code pbs} for jobs beside PBS's bare qstat, on the PBS whose
 * commands are on PATH: {@code PbsJobs FOLDER JOBS ROUNDS}. The jobs are held and deleted. The
 * script {@code pbs-jobs} has the PBS for it.
 */
public final class PbsJobs extends SchedulerJobs {
  /** Bare commands of each kind in a round. */
  private static final int CALLS = 3;

  /** Rounds that do not count: the JVM is to be warm. */
  private static final int WARMUP = 5;

  /** Clients of one user share answers that are younger. */
  private static final Duration SHARED = Duration.ofMillis(2_100);

  private static final JobSpec HELD =
      JobSpec.builder("held").command("true").nativeOptions("-h").build();

  private final int rounds;

  private PbsJobs(Path folder, int rounds) {
    super(folder);
    this.rounds = rounds;
  }

  /**
   * Runs the benchmark.
   *
   * @param args a folder that exists, the number of jobs, and the number of rounds
   * @throws Exception when a command fails
   */
  public static void main(String[] args) throws Exception {
    PbsJobs run = new PbsJobs(Path.of(args[0]), Integer.parseInt(args[2]));
    System.out.printf(
        "%-20s %8s %8s %8s %8s %8s%n",
        "milliseconds", "qstat -x", "qstat", "ours", "over", "ratio");
    run.alone(() -> run.status(1));
    run.alone(() -> run.status(Integer.parseInt(args[1])));
  }

  @Override
  void cancelAll() throws IOException, InterruptedException {
    bash("qselect -h u -u \"$(id -un)\" | xargs -r -n 100 qdel; echo 0");
  }

  /** Of qsubs, a process that the first one leaves behind has one port for all of them. */
  private List<JobId> submit(int number) {
    Backend owner = client("pbs", Map.of("submit", Map.of("commands_per_minute", 0)));
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      ids.add(owner.submit(HELD).id());
    }
    closeLast(); // its monitor would ask, too
    return ids;
  }

  private void status(int number) throws Exception {
    List<JobId> ids = submit(number);
    Backend pbs = client("pbs", Map.of());
    double[] all = new double[rounds];
    double[] queue = new double[rounds];
    double[] ours = new double[rounds];
    for (int i = -WARMUP; i < rounds; i++) {
      int at = Math.max(0, i);
      all[at] = loops(1, CALLS, "qstat", "-x", "-f", "-F", "json") / CALLS;
      LockSupport.parkNanos(SHARED.toNanos());
      long before = System.nanoTime();
      pbs.status(ids);
      ours[at] = milliseconds(before);
      queue[at] = loops(1, CALLS, "qstat", "-f", "-F", "json") / CALLS;
    }
    Backend counted = counted("pbs", "qsub", "qstat", "qdel", "pbsnodes");
    counted.capabilities(); // asks for the version and the server's limits, once an hour
    calls();
    LockSupport.parkNanos(SHARED.toNanos());
    counted.status(ids);
    System.out.printf(
        "%-20s %8.1f %8.1f %8.1f %+8.1f %8.2f  commands: %s%n",
        "status of " + number,
        median(all),
        median(queue),
        median(ours),
        median(ours) - median(all),
        median(ours) / median(all),
        calls());
  }
}
