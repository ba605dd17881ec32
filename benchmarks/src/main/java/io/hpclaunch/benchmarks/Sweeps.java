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
 * [submit]}. With {@code submit} both are cancelled when they have been submitted, and nothing is
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
        .workingDirectory(folder.resolveSibling("."))
        .build()) {
      Backend backend = runtime.backend(args[1]);
      if (submitOnly) {
        submissions(runtime, backend, folder, number);
        return;
      }
      long bare = bareArray(backend, number);
      long swept = sweep(runtime, backend, folder, number);
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

  /**
   * Each from its own beginning; a scheduler that is busy with the end of the other tells nothing.
   */
  private static void submissions(HpcRuntime runtime, Backend backend, Path folder, int number) {
    long start = System.nanoTime();
    SweepRun run = begin(runtime, backend, folder, number);
    long swept = tell("sweep submitted", start);
    start = System.nanoTime();
    HPCProcess bare = backend.submit(array(number));
    long took = tell("bare array submitted", start);
    System.out.printf("%.2f s more%n", (swept - took) / 1e9);
    run.cancel();
    bare.cancel();
  }

  private static long bareArray(Backend backend, int number) throws InterruptedException {
    long start = System.nanoTime();
    backend.submit(array(number)).waitFor();
    return tell("bare array ended", start);
  }

  private static SweepRun begin(HpcRuntime runtime, Backend backend, Path folder, int number) {
    Sweep sweep = Sweep.parse(
        "{grid: {x: {range: [" + number + "]}}, command: ['true']}", "benchmark", folder);
    SweepOptions options = SweepOptions.builder()
        .mode(Mode.ARRAY)
        .folder(folder.resolve("sweeps"))
        .workingDirectory(folder.resolveSibling("."))
        .build();
    return SweepRun.start(sweep, runtime, backend, options, done -> {});
  }

  private static long sweep(HpcRuntime runtime, Backend backend, Path folder, int number)
      throws InterruptedException {
    long start = System.nanoTime();
    SweepRun run = begin(runtime, backend, folder, number);
    tell("sweep submitted", start);
    SweepStatus end = run.waitFor();
    long took = tell("sweep ended, " + end.count(TaskState.COMPLETED) + " completed", start);
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
