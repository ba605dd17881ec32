// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.pool.Batch;
import io.hpclaunch.pool.CommandResult;
import io.hpclaunch.pool.CommandTask;
import io.hpclaunch.pool.Share;
import io.hpclaunch.pool.TaskOptions;
import io.hpclaunch.pool.WorkerPool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Tasks through one worker with two slots: {@code PoolTasks FOLDER rates ROUNDS} and
 * {@code PoolTasks FOLDER queue TASKS}. The broker is the one that HPC_BENCH_AMQP names, else the
 * embedded one.
 */
public final class PoolTasks {
  private static final int FUNCTIONS = 100_000;
  private static final int COMMANDS = 2_000;
  private static final int ROUND_TRIPS = 2_000;
  private static final int WARM_UPS = 3;
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

  private PoolTasks() {}

  /**
   * Runs the benchmark.
   *
   * @param args a new folder, what to measure, and how often or how much
   * @throws Exception when interrupted, or when something does not work
   */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]).toAbsolutePath();
    int number = Integer.parseInt(args[2]);
    try (HpcRuntime runtime = runtime(folder);
        WorkerPool pool = WorkerPool.open(runtime, "bench")) {
      if (args[1].equals("rates")) {
        rates(pool, number);
      } else {
        queue(pool, number);
      }
      pool.delete(Duration.ZERO);
    }
  }

  private static HpcRuntime runtime(Path folder) {
    Map<String, Object> pool = new HashMap<>();
    pool.put("backend", "shell");
    pool.put("num_workers", 1);
    pool.put("cpus_worker", 2);
    String url = System.getenv("HPC_BENCH_AMQP");
    if (url != null) {
      pool.put("amqp_url", url);
    }
    Map<String, Object> shell = Map.of(
        "name",
        "shell",
        "type",
        "shell",
        "config",
        Map.of("root", folder.resolve("shell").toString()));
    return HpcRuntime.builder()
        .stateDirectory(folder.resolve("state"))
        .workingDirectory(folder)
        .configuration(Map.of("backends", List.of(shell), "worker_pools", Map.of("bench", pool)))
        .build();
  }

  private static void rates(WorkerPool pool, int rounds)
      throws InterruptedException, ExecutionException, IOException {
    for (int i = 0; i < WARM_UPS; i++) {
      functions(pool);
    }
    commands(pool);
    double[] functions = new double[rounds];
    double[] commands = new double[rounds];
    double[] xargs = new double[rounds];
    double[] ratios = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      functions[i] = functions(pool);
      xargs[i] = xargs();
      commands[i] = commands(pool);
      ratios[i] = commands[i] / xargs[i];
    }
    System.out.printf("functions       %8.0f /s   (%s)%n", median(functions), all(functions));
    System.out.printf("commands        %8.0f /s   (%s)%n", median(commands), all(commands));
    System.out.printf("xargs -P2       %8.0f /s   (%s)%n", median(xargs), all(xargs));
    System.out.printf("commands/xargs  %8.2f%n", median(ratios));
    roundTrips(pool);
  }

  private static double functions(WorkerPool pool) throws InterruptedException {
    List<Integer> inputs = IntStream.range(0, FUNCTIONS).boxed().toList();
    long start = System.nanoTime();
    Batch<Integer> batch = pool.map(i -> i, inputs);
    batch.waitFor(Share.all());
    double rate = rate(FUNCTIONS, start);
    if (!batch.results().equals(inputs)) {
      throw new IllegalStateException("results are not those of the inputs");
    }
    return rate;
  }

  private static double commands(WorkerPool pool) throws InterruptedException {
    List<CommandTask> tasks = Collections.nCopies(COMMANDS, CommandTask.of("true"));
    long start = System.nanoTime();
    Batch<CommandResult> batch = pool.submitAll(tasks, TaskOptions.DEFAULT);
    batch.waitFor(Share.all());
    double rate = rate(COMMANDS, start);
    if (batch.results().stream().anyMatch(result -> result.status() != 0)) {
      throw new IllegalStateException("a command failed");
    }
    return rate;
  }

  private static double xargs() throws IOException, InterruptedException {
    long start = System.nanoTime();
    int status = new ProcessBuilder("sh", "-c", "seq " + COMMANDS + " | xargs -n1 -P2 true")
        .inheritIO()
        .start()
        .waitFor();
    if (status != 0) {
      throw new IllegalStateException("xargs ended with " + status);
    }
    return rate(COMMANDS, start);
  }

  private static void roundTrips(WorkerPool pool) throws InterruptedException, ExecutionException {
    double[] millis = new double[ROUND_TRIPS];
    for (int i = -ROUND_TRIPS / 4; i < ROUND_TRIPS; i++) {
      long start = System.nanoTime();
      Integer unused = pool.submit(() -> 1).get();
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / (double) TimeUnit.MILLISECONDS.toNanos(1);
      }
    }
    double median = median(millis);
    Arrays.sort(millis);
    System.out.printf(
        "round trip      %8.2f ms median, %.2f ms 99 %%%n", median, millis[ROUND_TRIPS * 99 / 100]);
  }

  /** Both slots are held until all tasks are queued. */
  private static void queue(WorkerPool pool, int number) throws InterruptedException {
    tell("before", 0, System.nanoTime());
    Batch<CommandResult> gate = pool.submitAll(
        Collections.nCopies(2, CommandTask.of("sleep", "86400")), TaskOptions.DEFAULT);
    long start = System.nanoTime();
    Batch<Integer> batch = pool.map(i -> i, IntStream.range(0, number).boxed().toList());
    tell("queued, " + batch.ended() + " ended", number, start);
    gate.cancel();
    start = System.nanoTime();
    batch.waitFor(Share.all());
    tell("ended " + batch.ended(), number, start);
  }

  private static void tell(String what, int number, long start) {
    double seconds = (System.nanoTime() - start) / NANOS;
    System.gc(); // what is live is of interest
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    System.out.printf(
        "%s: %.2f s, %.0f /s, %d MB of heap live of %d%n",
        what, seconds, number / seconds, used >> 20, Runtime.getRuntime().maxMemory() >> 20);
  }

  private static double rate(int number, long start) {
    return number * NANOS / (System.nanoTime() - start);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String all(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format("%.0f", value))
        .collect(java.util.stream.Collectors.joining(", "));
  }
}
