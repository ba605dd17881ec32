// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.sweep.Mode;
import io.hpclaunch.sweep.Sweep;
import io.hpclaunch.sweep.SweepOptions;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Sweeps of {@code true} against the same jobs without one: {@code Sweeps FOLDER BACKEND NUMBER
 * [submit]}. With {@code submit} the sweep is cancelled when it has been submitted, and nothing is
 * waited for.
 */
public final class Sweeps {
  private Sweeps() {}

  /**
   * Runs the benchmark.
   *
   * @param args a new folder, the backend, the number of tasks, and how
   * @throws InterruptedException when interrupted
   */
  public static void main(String[] args) throws InterruptedException {
    Path folder = Path.of(args[0]).toAbsolutePath();
    int number = Integer.parseInt(args[2]);
    boolean submitOnly = args.length > 3 && args[3].equals("submit");
    try (HpcRuntime runtime = HpcRuntime.builder()
        .stateDirectory(folder.resolve("state"))
        .workingDirectory(folder.getParent())
        .build()) {
      Backend backend = runtime.backend(args[1]);
      long bare = submitOnly ? bareSubmission(backend, number) : bareArray(backend, number);
      long swept = sweep(runtime, backend, folder, number, submitOnly);
      System.out.printf(
          "sweep over bare: %.2f, %.2f s more%n", (double) swept / bare, (swept - bare) / 1e9);
    }
  }

  private static JobSpec array(int number) {
    return JobSpec.builder("bare")
        .command("true")
        .array(ArrayRange.of(1, number))
        .stdout("/dev/null")
        .stderr("/dev/null")
        .build();
  }

  private static long bareSubmission(Backend backend, int number) {
    long start = System.nanoTime();
    HPCProcess bare = backend.submit(array(number));
    long took = tell("bare array submitted", start);
    bare.cancel();
    return took;
  }

  private static long bareArray(Backend backend, int number) throws InterruptedException {
    long start = System.nanoTime();
    backend.submit(array(number)).waitFor();
    return tell("bare array ended", start);
  }

  private static long sweep(
      HpcRuntime runtime, Backend backend, Path folder, int number, boolean submitOnly)
      throws InterruptedException {
    long start = System.nanoTime();
    Sweep sweep = Sweep.parse(
        "{grid: {x: {range: [" + number + "]}}, command: ['true']}", "benchmark", folder);
    SweepOptions options = SweepOptions.builder()
        .mode(Mode.ARRAY)
        .folder(folder.resolve("sweeps"))
        .workingDirectory(folder.getParent())
        .build();
    SweepRun run = SweepRun.start(sweep, runtime, backend, options, done -> {});
    long took = tell("sweep submitted", start);
    if (submitOnly) {
      run.cancel();
      return took;
    }
    SweepStatus end = run.waitFor();
    took = tell("sweep ended, " + end.count(TaskState.COMPLETED) + " completed", start);
    long asked = System.nanoTime();
    run.status();
    tell("status of what has ended", asked);
    return took;
  }

  private static long tell(String what, long start) {
    long took = System.nanoTime() - start;
    System.out.printf("%s: %.2f s%n", what, Duration.ofNanos(took).toMillis() / 1000.0);
    return took;
  }
}
