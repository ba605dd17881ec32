// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.pool.wire.WorkerReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a pool stands. Immutable.
 *
 * @param name its name
 * @param backend where its jobs are to run; of one that is not configured: where they do
 * @param wanted how many workers it is to have
 * @param cpusWorker cpus of each; 0: the configuration does not say any more
 * @param isConfigured whether the configuration describes it; else it can be told of and deleted
 * @param isDeployed whether a job was submitted for it, and it was not deleted since
 * @param isHeard whether there was a broker at which the workers could be asked; without one no
 *     client uses the pool, and {@code workers} has only those that can be told of without asking
 * @param problem why no more jobs are submitted for it, or null
 * @param refusal why the last job that was to be submitted for it was not, such as the scheduler's
 *     reason; or null: it was
 * @param jobs its batch jobs, the oldest first; ended ones until others take their place
 * @param workers its workers, by job
 * @since 0.1
 */
public record PoolStatus(
    String name,
    String backend,
    int wanted,
    int cpusWorker,
    boolean isConfigured,
    boolean isDeployed,
    boolean isHeard,
    @Nullable String problem,
    @Nullable String refusal,
    List<Job> jobs,
    List<Worker> workers) {
  /** So many jobs in a row may end before a worker of theirs comes; then somebody has to look. */
  static final int MOST_FAILURES = 3;

  /** A worker that is not heard of so long after its job began is missing. */
  private static final Duration TO_CONNECT = Duration.ofMinutes(1);

  /** Copies the lists. */
  public PoolStatus {
    jobs = List.copyOf(jobs);
    workers = List.copyOf(workers);
  }

  /**
   * A batch job of the pool's.
   *
   * @param id its id
   * @param workers how many workers the pool has of it
   * @param submitted when it was submitted
   * @param info where it stands, or null: nobody knows it any more
   */
  public record Job(
      JobId id, int workers, Instant submitted, @Nullable JobInfo info) {
    /**
     * Whether it waits or runs.
     *
     * @return false when it has ended, or is not known
     */
    public boolean isAlive() {
      return PoolJob.isAlive(info);
    }
  }

  /** What a worker does. */
  public enum State {
    /** It takes tasks. */
    READY,
    /** It finishes the tasks that it has, and goes. */
    DRAINING,
    /** Its job runs for a minute at least, and it is not heard of. */
    MISSING,
    /** Its job came to the end of its walltime. */
    EXPIRED
  }

  /**
   * A worker.
   *
   * @param state what it does
   * @param id its own name for itself; null when it is missing or expired
   * @param host where it runs, or null
   * @param pid its process, or null
   * @param job its batch job, or null when that is not known
   * @param cpus what it may use; 0 when it is missing or expired
   * @param gpus how many gpus it deals out
   * @param running tasks that run
   * @param waiting tasks that it holds and has not begun
   * @param done tasks that it ended since its start
   */
  public record Worker(
      State state,
      @Nullable String id,
      @Nullable String host,
      @Nullable Long pid,
      @Nullable JobId job,
      double cpus,
      int gpus,
      int running,
      int waiting,
      long done) {
    private static Worker of(WorkerReport report, @Nullable JobId job) {
      return new Worker(
          report.state() == WorkerReport.State.READY ? State.READY : State.DRAINING,
          report.worker(),
          report.host(),
          report.pid(),
          job,
          report.cpus(),
          report.gpus(),
          report.running(),
          report.waiting(),
          report.done());
    }

    private static Worker absent(State state, JobId job) {
      return new Worker(state, null, null, null, job, 0, 0, 0, 0, 0);
    }
  }

  /**
   * How many workers are in a state.
   *
   * @param state the state
   * @return the number
   */
  public int count(State state) {
    return (int) workers.stream().filter(worker -> worker.state() == state).count();
  }

  /**
   * Puts together what is known.
   *
   * @param settings what is wanted
   * @param record what is remembered, or null: it is not deployed
   * @param seen where the jobs stand
   * @param heard what the workers say, or null: they cannot be asked
   * @param now the present
   */
  static PoolStatus of(
      PoolSettings settings,
      String backend,
      @Nullable PoolRecord record,
      Map<JobId, JobInfo> seen,
      @Nullable List<WorkerReport> heard,
      Instant now) {
    List<Job> jobs = new ArrayList<>();
    List<Worker> workers = new ArrayList<>();
    List<PoolJob> known = record == null ? List.of() : record.jobs();
    List<WorkerReport> others = new ArrayList<>(heard == null ? List.of() : heard);
    for (PoolJob job : known) {
      JobInfo info = seen.get(job.id());
      jobs.add(new Job(job.id(), job.workers(), job.submitted(), info));
      List<WorkerReport> its =
          others.stream().filter(report -> job.isOf(report)).toList();
      others.removeAll(its);
      its.forEach(report -> workers.add(Worker.of(report, job.id())));
      if (job.isExpired(info)) {
        addAbsent(workers, State.EXPIRED, job, job.workers());
      } else if (heard != null && hasHadTime(job, info, now)) {
        addAbsent(workers, State.MISSING, job, job.workers() - its.size());
      }
    }
    others.forEach(report -> workers.add(Worker.of(report, null)));
    boolean isPaused = record != null && record.failures(seen, Set.of()) >= MOST_FAILURES;
    return new PoolStatus(
        settings.name(),
        backend,
        wanted(settings, record),
        settings.cpusWorker(),
        true,
        !known.isEmpty(),
        heard != null,
        isPaused ? paused(settings.name(), MOST_FAILURES, known) : null,
        record == null ? null : record.refusal(),
        jobs,
        workers);
  }

  /**
   * Puts together what is known of a pool that the configuration does not describe any more.
   *
   * @param name its name
   * @param record what is remembered
   * @param seen where the jobs stand
   */
  static PoolStatus left(String name, PoolRecord record, Map<JobId, JobInfo> seen) {
    List<Job> jobs = record.jobs().stream()
        .map(job -> new Job(job.id(), job.workers(), job.submitted(), seen.get(job.id())))
        .toList();
    int workers = PoolRecord.workers(record.jobs());
    return new PoolStatus(
        name,
        jobs.isEmpty() ? "" : jobs.get(jobs.size() - 1).id().backend(),
        record.wanted() == null ? workers : record.wanted(),
        0,
        false,
        !jobs.isEmpty(),
        false,
        null,
        record.refusal(),
        jobs,
        List.of());
  }

  private static void addAbsent(List<Worker> to, State state, PoolJob job, int count) {
    for (int i = 0; i < count; i++) {
      to.add(Worker.absent(state, job.id()));
    }
  }

  private static boolean hasHadTime(PoolJob job, @Nullable JobInfo info, Instant now) {
    if (info == null || info.state() != JobState.RUNNING) {
      return false;
    }
    Instant begun = info.started() == null ? job.submitted() : info.started();
    return Duration.between(begun, now).compareTo(TO_CONNECT) >= 0;
  }

  static int wanted(PoolSettings settings, @Nullable PoolRecord record) {
    return record == null || record.wanted() == null ? settings.workers() : record.wanted();
  }

  /** Why no more jobs are submitted, and what to do. */
  static String paused(String pool, int failures, List<PoolJob> jobs) {
    String last = jobs.isEmpty() ? "" : jobs.get(jobs.size() - 1).id().toString();
    return "worker pool " + pool + ": " + failures
        + " jobs in a row ended before a worker of theirs came, the last is " + last
        + "; see what it says ('hpc logs --err " + last + "'), then delete the pool ('hpc pool"
        + " delete " + pool + "') and deploy it again";
  }
}
