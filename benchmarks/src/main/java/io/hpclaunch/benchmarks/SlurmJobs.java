// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * What the backend {@code slurm} costs beside Slurm's bare commands, on the cluster that
 * {@code SLURM_CONF} names: {@code SlurmJobs FOLDER JOBS ROUNDS}. Jobs are held and cancelled, save
 * for those whose end is awaited. The script {@code slurm-jobs} has the cluster for it.
 */
public final class SlurmJobs {
  private static final int CLIENTS = 4;
  private static final int ELEMENTS = 10_000;
  private static final int QUEUED = 1_000;
  private static final int ENDS = 12;

  /** Clients of one user share answers that are younger. */
  private static final Duration SHARED = Duration.ofMillis(1_100);

  private static final JobSpec HELD =
      JobSpec.builder("held").command("true").nativeOptions("--hold").build();

  private final Path folder;
  private final int jobs;
  private final int rounds;
  private final List<HpcRuntime> runtimes = new ArrayList<>();

  private SlurmJobs(Path folder, int jobs, int rounds) {
    this.folder = folder;
    this.jobs = jobs;
    this.rounds = rounds;
  }

  /**
   * Runs the benchmark.
   *
   * @param args a folder that exists, the number of jobs that each client submits in a round, and
   *     the number of rounds
   * @throws Exception when a command fails
   */
  public static void main(String[] args) throws Exception {
    SlurmJobs run =
        new SlurmJobs(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
    // What was cancelled stays in Slurm's lists for a while: what leaves most behind comes last.
    run.alone(() -> run.status(1));
    run.alone(run::ends);
    run.alone(() -> run.status(QUEUED));
    run.alone(run::submissions);
    run.alone(run::array);
  }

  /** A part of the benchmark. */
  @FunctionalInterface
  private interface Part {
    void run() throws Exception;
  }

  /** Nothing of what was before is followed any more, or waits in the queue. */
  private void alone(Part part) throws Exception {
    try {
      part.run();
    } finally {
      runtimes.forEach(HpcRuntime::close);
      runtimes.clear();
      cancelAll();
    }
  }

  private Backend client(Map<String, ?> config) {
    HpcRuntime runtime = HpcRuntime.builder()
        .configuration(Map.of())
        .stateDirectory(folder.resolve("state"))
        .build();
    runtimes.add(runtime);
    return runtime.open("slurm", Map.of("config", config));
  }

  /** A client whose commands are noted, and so are slower. */
  private Backend counted() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    for (String command : List.of("sbatch", "squeue", "sacct", "scancel", "scontrol")) {
      Path wrapper = bin.resolve(command);
      Files.writeString(wrapper, """
          #!/bin/bash
          echo %s >>%s/calls
          PATH=${PATH#"%s:"} exec %s "$@"
          """.formatted(command, bin, bin, command));
      if (!wrapper.toFile().setExecutable(true)) {
        throw new IOException(wrapper + " cannot be made executable");
      }
    }
    return client(Map.of("bin", bin.toString()));
  }

  private String calls() throws IOException {
    Path calls = folder.resolve("bin/calls");
    if (!Files.exists(calls)) {
      return "none";
    }
    List<String> all = Files.readAllLines(calls);
    Files.delete(calls);
    return all.size() + " (" + String.join(" ", all.stream().distinct().toList()) + ")";
  }

  // ---- Slurm's bare commands

  /** Runs lines of bash that print one number of microseconds, and returns milliseconds. */
  private double bash(String lines, String... words) throws IOException, InterruptedException {
    List<String> argv = new ArrayList<>(List.of("bash", "-ec", """
        us() { now=${EPOCHREALTIME/[.,]/}; }
        loop() { local i; for ((i = 0; i < $1; i++)); do "${@:2}"; done; }
        """ + lines, "bash"));
    argv.addAll(List.of(words));
    Process process =
        new ProcessBuilder(argv).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String told = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", argv) + " failed");
    }
    return Long.parseLong(told) / 1000.0;
  }

  /** So many loops beside each other, each of so many calls. */
  private double loops(int clients, int calls, String... command)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("" + clients, "" + calls));
    words.addAll(List.of(command));
    return bash("""
        us; before=$now
        for ((c = 0; c < $1; c++)); do loop "${@:2}" >/dev/null & pids[c]=$!; done
        for pid in "${pids[@]}"; do wait "$pid"; done
        us; echo $((now - before))
        """, words.toArray(String[]::new));
  }

  /** The jobs of the bare commands have no other client. */
  private void cancelAll() throws IOException, InterruptedException {
    bash("scancel --user=$(id -un) --state=PENDING; echo 0");
  }

  /** The script that the backend would submit. */
  private String script(Backend slurm, JobSpec spec, String name) throws IOException {
    Path script = folder.resolve(name);
    Files.writeString(script, slurm.script(spec));
    return script.toString();
  }

  // ---- what is measured

  private void submissions() throws Exception {
    List<Backend> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client(Map.of()));
    }
    String script = script(clients.get(0), HELD, "held");
    submit(clients, Math.max(jobs, 200)); // the JVM is to be warm
    System.out.printf("%-28s %8s %8s %8s%n", "submits/s", "sbatch", "ours", "ratio");
    for (int many : new int[] {1, CLIENTS}) {
      double[] ratios = new double[rounds];
      for (int i = 0; i < rounds; i++) {
        double bare = loops(many, jobs, "sbatch", "--parsable", script);
        double ours = submit(clients.subList(0, many), jobs);
        ratios[i] = bare / ours;
        double all = 1000.0 * many * jobs;
        System.out.printf(
            "%-28s %8.1f %8.1f %7.0f%%%n",
            many + (many == 1 ? " client" : " clients"), all / bare, all / ours, 100 * ratios[i]);
      }
      System.out.printf("%-46s %7.0f%%%n", "  median", 100 * median(ratios));
    }
  }

  /** Milliseconds until all clients have submitted that many, each on a thread of its own. */
  private static double submit(Collection<Backend> clients, int jobs) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Backend client : clients) {
      Thread thread = new Thread(() -> {
        for (int i = 0; i < jobs; i++) {
          client.submit(HELD);
        }
      });
      thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
      threads.add(thread);
    }
    long before = System.nanoTime();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    double took = milliseconds(before);
    if (failure.get() != null) {
      throw new IllegalStateException("a client failed", failure.get());
    }
    return took;
  }

  private void array() throws Exception {
    JobSpec spec =
        HELD.toBuilder().name("array").array(ArrayRange.of(1, ELEMENTS)).build();
    Backend slurm = client(Map.of());
    String script = script(slurm, spec, "array");
    double[] bare = new double[rounds];
    double[] ours = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      bare[i] = loops(1, 1, "sbatch", "--parsable", script);
      long before = System.nanoTime();
      slurm.submit(spec);
      ours[i] = milliseconds(before);
      cancelAll();
    }
    Backend counted = counted();
    counted.capabilities(); // asks for MaxArraySize, once an hour
    calls();
    counted.submit(spec);
    row("array of " + ELEMENTS, bare, ours, calls());
  }

  private void status(int number) throws Exception {
    Backend owner = client(Map.of());
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      ids.add(owner.submit(HELD).id());
    }
    runtimes.remove(runtimes.size() - 1).close(); // its monitor would ask, too
    Backend slurm = client(Map.of());
    double[] bare = new double[rounds];
    double[] ours = new double[rounds];
    for (int i = -2; i < rounds; i++) {
      double each = loops(1, 5, "squeue", "--me") / 5;
      LockSupport.parkNanos(SHARED.toNanos());
      long before = System.nanoTime();
      slurm.status(ids);
      if (i >= 0) {
        bare[i] = each;
        ours[i] = milliseconds(before);
      }
    }
    Backend counted = counted();
    LockSupport.parkNanos(SHARED.toNanos());
    counted.status(ids);
    row("status of " + number, bare, ours, calls());
  }

  /** From the time that the job itself has for its end. */
  private void ends() throws Exception {
    Backend slurm = client(Map.of());
    double[] seen = new double[ENDS];
    double[] told = new double[ENDS];
    for (int i = 0; i < ENDS; i++) {
      JobSpec spec = JobSpec.builder("end")
          .shell("sleep " + (1 + i * 0.37) + "; echo $EPOCHREALTIME")
          .build();
      HPCProcess job = slurm.submit(spec);
      CompletableFuture<Instant> exit = job.onExit().thenApply(info -> Instant.now());
      Instant gone = gone(job);
      Instant exited = exit.get(2, TimeUnit.MINUTES);
      Instant ended = ended(job);
      seen[i] = Duration.between(ended, gone).toMillis();
      told[i] = Duration.between(ended, exited).toMillis();
    }
    System.out.printf(
        "%-28s %8.0f %8.0f%n%-28s %8s %8.0f%n",
        "end to squeue and onExit, ms", median(seen), median(told), "  at most", "", max(told));
  }

  /** When a bare squeue, asked all the time, says that the job has ended. */
  private static Instant gone(HPCProcess job) throws Exception {
    String[] argv = {
      "squeue", "-h", "--states=all", "-o", "%T", "-j", job.id().nativeId().value()
    };
    String state;
    do {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      Process squeue = new ProcessBuilder(argv).start();
      state = new String(squeue.getInputStream().readAllBytes(), UTF_8).strip();
    } while (!state.equals("COMPLETED"));
    return Instant.now();
  }

  /** What the job's last command told. */
  private static Instant ended(HPCProcess job) {
    BigDecimal seconds = new BigDecimal(job.logs().stdout().strip());
    return Instant.EPOCH.plusNanos(seconds.movePointRight(9).longValueExact());
  }

  // ---- how it is told

  private static void row(String what, double[] bare, double[] ours, String calls) {
    System.out.printf(
        "%-28s %8.1f %8.1f %+8.1f  commands: %s%n",
        what + ", ms", median(bare), median(ours), median(ours) - median(bare), calls);
  }

  private static double milliseconds(long since) {
    return (System.nanoTime() - since) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }
}
