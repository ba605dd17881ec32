// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.job.ShortIds;
import io.hpclaunch.cli.job.Times;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.pool.PoolStatus;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Pools as people and programs read them. */
final class PoolView {
  private PoolView() {}

  /** A pool; the names become keys. */
  record Told(
      String name,
      String backend,
      boolean configured,
      boolean deployed,
      int wanted,
      int cpusWorker,
      boolean heard,
      @Nullable String problem,
      @Nullable String refusal,
      List<ToldJob> jobs,
      List<ToldWorker> workers) {}

  /** A batch job of a pool's; the names become keys. */
  record ToldJob(
      String id,
      @Nullable JobState state,
      int workers,
      Instant submitted,
      @Nullable Instant started,
      @Nullable Instant ended,
      @Nullable String reason) {}

  /** A worker; the names become keys. */
  record ToldWorker(
      @Nullable String id,
      PoolStatus.State state,
      @Nullable String job,
      @Nullable String host,
      @Nullable Long pid,
      double cpus,
      int gpus,
      int running,
      int waiting,
      long done) {}

  static Told told(PoolStatus pool) {
    return new Told(
        pool.name(),
        pool.backend(),
        pool.isConfigured(),
        pool.isDeployed(),
        pool.wanted(),
        pool.cpusWorker(),
        pool.isHeard(),
        pool.problem(),
        pool.refusal(),
        pool.jobs().stream().map(PoolView::told).toList(),
        pool.workers().stream().map(PoolView::told).toList());
  }

  private static ToldJob told(PoolStatus.Job job) {
    JobInfo info = job.info();
    return new ToldJob(
        job.id().toString(),
        info == null ? null : info.state(),
        job.workers(),
        job.submitted(),
        info == null ? null : info.started(),
        info == null ? null : info.ended(),
        info == null ? null : info.reason());
  }

  private static ToldWorker told(PoolStatus.Worker worker) {
    JobId job = worker.job();
    return new ToldWorker(
        worker.id(),
        worker.state(),
        job == null ? null : job.toString(),
        worker.host(),
        worker.pid(),
        worker.cpus(),
        worker.gpus(),
        worker.running(),
        worker.waiting(),
        worker.done());
  }

  /** A line for each pool. */
  static void table(List<PoolStatus> pools, PrintWriter out) {
    Table table = new Table("NAME", "BACKEND", "WORKERS", "CPUS", "STATE");
    for (PoolStatus pool : pools) {
      table.row(
          pool.name(),
          pool.backend(),
          pool.wanted(),
          pool.isConfigured() ? pool.cpusWorker() : null,
          state(pool));
    }
    table.print(out);
  }

  /** Such as {@code deployed: 1 job running}. */
  static String state(PoolStatus pool) {
    return pool.isConfigured() ? deployment(pool) : "not configured any more; " + deployment(pool);
  }

  private static String deployment(PoolStatus pool) {
    if (!pool.isDeployed()) {
      return pool.refusal() == null ? "not deployed" : "not deployed: its job was refused";
    }
    if (pool.problem() != null) {
      return "paused";
    }
    Map<JobState, Integer> counts = new EnumMap<>(JobState.class);
    for (PoolStatus.Job job : pool.jobs()) {
      JobInfo info = job.info();
      if (info != null && job.isAlive()) {
        counts.merge(info.state(), 1, Integer::sum);
      }
    }
    if (counts.isEmpty()) {
      return "deployed: no job waits or runs";
    }
    List<String> words = new ArrayList<>();
    counts.forEach((state, count) -> words.add(
        count + (count == 1 ? " job " : " jobs ") + state.name().toLowerCase(Locale.ROOT)));
    return "deployed: " + String.join(", ", words);
  }

  /** All about one pool whose workers were asked, if they could be. */
  static void print(PoolStatus pool, PrintWriter out) {
    printAsTold(pool, out);
    if (pool.isConfigured() && pool.isDeployed() && !pool.isHeard()) {
      out.println("No client uses it: its workers wait for one, and cannot be asked.");
    }
  }

  /** All that is known about one pool. */
  static void printAsTold(PoolStatus pool, PrintWriter out) {
    out.println("Pool " + pool.name() + " on " + pool.backend() + ": " + pool.wanted()
        + (pool.wanted() == 1 ? " worker" : " workers") + cpus(pool) + "; " + state(pool));
    if (pool.refusal() != null) {
      out.println("No job was submitted for the workers that are missing: " + pool.refusal());
    }
    if (pool.jobs().isEmpty()) {
      return;
    }
    jobs(pool, out);
    if (!pool.workers().isEmpty()) {
      workers(pool, out);
    }
  }

  private static String cpus(PoolStatus pool) {
    if (!pool.isConfigured()) {
      return "";
    }
    return " of " + pool.cpusWorker() + (pool.cpusWorker() == 1 ? " cpu" : " cpus");
  }

  private static void jobs(PoolStatus pool, PrintWriter out) {
    Table table = new Table("JOB", "STATE", "WORKERS", "SUBMITTED", "REASON");
    for (PoolStatus.Job job : pool.jobs()) {
      JobInfo info = job.info();
      table.row(
          ShortIds.in(job.id().toString()),
          info == null ? "not known" : info.state(),
          job.workers(),
          Times.shown(job.submitted()),
          info == null ? null : info.reason());
    }
    table.print(out);
  }

  private static void workers(PoolStatus pool, PrintWriter out) {
    Table table = new Table(
        "WORKER", "STATE", "JOB", "HOST", "PID", "CPUS", "GPUS", "RUNNING", "WAITING", "DONE");
    for (PoolStatus.Worker worker : pool.workers()) {
      boolean isThere = worker.id() != null;
      table.row(
          worker.id(),
          worker.state(),
          worker.job() == null ? null : ShortIds.in(worker.job().toString()),
          worker.host(),
          worker.pid(),
          isThere ? number(worker.cpus()) : null,
          isThere ? worker.gpus() : null,
          isThere ? worker.running() : null,
          isThere ? worker.waiting() : null,
          isThere ? worker.done() : null);
    }
    table.print(out);
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}
