// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Submits many jobs of {@code true} to the shell backend, one after the other, and follows all of
 * them to their ends: {@code ManyJobs STATE-FOLDER NUMBER [held]}. With {@code held} the first job
 * keeps all cpus until the last one is submitted, so that all are followed at once.
 */
public final class ManyJobs {
  private ManyJobs() {}

  /**
   * Runs the benchmark.
   *
   * @param args the state folder, the number of jobs, and how
   * @throws InterruptedException when interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    int number = Integer.parseInt(args[1]);
    boolean held = args.length > 2 && args[2].equals("held");
    try (HpcRuntime runtime =
        HpcRuntime.builder().stateDirectory(Path.of(args[0])).build()) {
      run(runtime.backend("shell"), number, held);
    }
  }

  private static void run(Backend shell, int number, boolean held) throws InterruptedException {
    HPCProcess gate = held ? shell.submit(gate(shell)) : null;
    JobSpec spec = JobSpec.builder("true").command("true").build();
    List<HPCProcess> all = new ArrayList<>(number);
    long start = System.nanoTime();
    for (int i = 0; i < number; i++) {
      all.add(shell.submit(spec));
      if ((i + 1) % 10_000 == 0) {
        tell("submitted " + (i + 1), i + 1, start);
      }
    }
    tell("submitted", number, start);
    if (gate != null) {
      gate.cancel();
    }
    Map<JobState, Integer> ends = new TreeMap<>();
    for (HPCProcess each : all) {
      JobInfo end = each.waitFor();
      ends.merge(end.state(), 1, Integer::sum);
    }
    tell("ended " + ends, number, start);
  }

  private static JobSpec gate(Backend shell) {
    Integer cpus = shell.resources().nodes().get(0).cpusPerNode();
    return JobSpec.builder("gate")
        .command("sleep", "86400")
        .cpus(cpus == null ? 1 : cpus)
        .build();
  }

  private static void tell(String what, int number, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    System.gc(); // what is live is of interest
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    System.out.printf(
        "%s: %.2f s, %.0f jobs/s, %d MB of heap live, %d threads%n",
        what,
        took.toMillis() / 1000.0,
        number * (double) TimeUnit.SECONDS.toMillis(1) / took.toMillis(),
        used >> 20,
        ManagementFactory.getThreadMXBean().getThreadCount());
  }
}
