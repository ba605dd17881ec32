// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Backend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobSpec;
import java.io.IOException;
import java.math.BigDecimal;
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
public final class SlurmJobs extends SchedulerJobs {
  private static final int CLIENTS = 4;
  private static final int ELEMENTS = 10_000;
  private static final int QUEUED = 1_000;
  private static final int ENDS = 12;

  /** Clients of one user share answers that are younger. */
  private static final Duration SHARED = Duration.ofMillis(1_100);

  private static final JobSpec HELD =
      JobSpec.builder("held").command("true").nativeOptions("--hold").build();

  private final int jobs;
  private final int rounds;

  private SlurmJobs(Path folder, int jobs, int rounds) {
    super(folder);
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

  private Backend client() {
    return client("slurm", Map.of());
  }

  private Backend counted() throws IOException {
    return counted("slurm", "sbatch", "squeue", "sacct", "scancel", "scontrol");
  }

  /** The jobs of the bare commands have no other client. */
  @Override
  void cancelAll() throws IOException, InterruptedException {
    bash("scancel --user=$(id -un) --state=PENDING; echo 0");
  }

  // ---- what is measured

  private void submissions() throws Exception {
    List<Backend> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client());
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
    Backend slurm = client();
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
    Backend owner = client();
    List<JobId> ids = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      ids.add(owner.submit(HELD).id());
    }
    closeLast(); // its monitor would ask, too
    Backend slurm = client();
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
    Backend slurm = client();
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

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(Double.NaN);
  }
}
