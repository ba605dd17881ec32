// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/**
 * What it costs to ask the backend {@code pbs} for jobs beside PBS's bare qstat, on the PBS whose
 * commands are on PATH: {@code PbsJobs FOLDER JOBS ROUNDS}. The jobs are held and deleted. The
 * script {@code pbs-jobs} has the PBS for it.
 */
public final class PbsJobs extends SchedulerJobs {
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
      all[at] = alike(() -> loops(1, 1, "qstat", "-x", "-f", "-F", "json"));
      queue[at] = alike(() -> loops(1, 1, "qstat", "-f", "-F", "json"));
      ours[at] = alike(() -> {
        long before = System.nanoTime();
        pbs.status(ids);
        return milliseconds(before);
      });
    }
    Backend counted = counted("pbs", "qsub", "qstat", "qdel", "pbsnodes");
    counted.capabilities(); // asks for the version and the server's limits, once an hour
    calls();
    alike(() -> counted.status(ids));
    String calls = calls();
    row("status of " + number, median(all), median(queue), median(ours), "commands: " + calls);
    row("  least", min(all), min(queue), min(ours), "");
  }

  /** Each after the same pause, in which an answer has grown too old to be shared. */
  private static <T> T alike(Callable<T> measured) throws Exception {
    LockSupport.parkNanos(SHARED.toNanos());
    return measured.call();
  }

  private static void row(String what, double all, double queue, double ours, String calls) {
    System.out.printf(
        "%-20s %8.1f %8.1f %8.1f %+8.1f %8.2f  %s%n",
        what, all, queue, ours, ours - queue, ours / queue, calls);
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElse(Double.NaN);
  }
}
