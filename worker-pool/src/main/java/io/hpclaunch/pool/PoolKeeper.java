// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.plugin.RuntimeParts;
import io.hpclaunch.core.store.StateFiles;
import io.hpclaunch.pool.amqp.BrokerAddress;
import io.hpclaunch.pool.amqp.BrokerFile;
import io.hpclaunch.pool.journal.BatchJournals;
import io.hpclaunch.pool.store.FolderStore;
import io.hpclaunch.pool.wire.Order;
import io.hpclaunch.pool.wire.WorkerReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a pool alive while it is used: the broker, where it is this process's own, and batch jobs
 * with workers.
 */
final class PoolKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PoolKeeper.class);

  /** Workers that run answer at once. */
  private static final Duration TO_ANSWER = Duration.ofSeconds(2);

  /** Workers whose broker was away look for it every two seconds, and then need a moment. */
  private static final Duration TO_COME_BACK = Duration.ofSeconds(6);

  private final PoolSettings settings;
  private final PoolFolder folder;
  private final Deployment deployment;
  private final PoolJobs jobs;
  private final PoolBroker broker;

  /** What its jobs tell is dealt with on a thread that nobody waits for. */
  private final ExecutorService thread = Executors.newSingleThreadExecutor(PoolKeeper::daemon);

  private final Set<JobId> followed = new HashSet<>();
  private final Set<JobId> watched = new HashSet<>();
  private PoolRecord record;
  private boolean hasSubmitted;
  private BooleanSupplier hasTasks = () -> false;
  private Consumer<RuntimeException> hopeless = why -> {};
  private volatile boolean isKept;
  private boolean isClosed;

  private PoolKeeper(
      PoolSettings settings,
      PoolFolder folder,
      Deployment deployment,
      PoolJobs jobs,
      PoolBroker broker) {
    this.settings = settings;
    this.folder = folder;
    this.deployment = deployment;
    this.jobs = jobs;
    this.broker = broker;
    this.record = folder.read().orElseGet(() -> PoolRecord.fresh(settings.name()));
  }

  /**
   * Finds a pool.
   *
   * @param runtime has the configuration and the backends
   * @param name the pool's name; empty: the default one
   * @return its keeper; nothing is started yet
   * @throws InvalidConfiguration when it is not described, or not rightly
   */
  static PoolKeeper of(HpcRuntime runtime, String name) {
    if (!(runtime instanceof RuntimeParts parts)) {
      throw new IllegalArgumentException("worker pools need a runtime of core's");
    }
    PoolSettings settings = PoolSettings.of(parts.configuration(), name);
    Backend backend = settings.backend().map(runtime::backend).orElseGet(runtime::backend);
    PoolFolder folder = new PoolFolder(parts.sources().stateDirectory(), settings.name());
    PoolBroker broker = PoolBroker.of(settings, backend, folder, parts);
    return new PoolKeeper(
        settings,
        folder,
        new Deployment(settings, backend),
        new PoolJobs(runtime, settings.name()),
        broker);
  }

  PoolSettings settings() {
    return settings;
  }

  String backend() {
    return deployment.backend().name();
  }

  private static Thread daemon(Runnable work) {
    Thread made = new Thread(work, "pool keeper");
    made.setDaemon(true);
    return made;
  }

  /**
   * Starts the broker, where it is this process's own, and tells workers where it is.
   *
   * @throws BackendUnavailable when another process uses the pool, or the broker cannot start
   * @throws io.hpclaunch.api.Unsupported when the nodes see no folder that this machine sees
   */
  synchronized void start() {
    if (!startOrShare()) {
      throw new BackendUnavailable("worker pool " + settings.name()
          + " is in use by another process, whose broker it is; to share a pool, name a broker"
          + " of its own: worker_pools: {" + settings.name() + ": {amqp_url: amqps://…}}");
    }
  }

  /**
   * Starts the broker, where it is to be this process's own and no other process has it, and tells
   * workers where it is.
   *
   * @return false where another process has it
   * @throws BackendUnavailable when the broker cannot start
   * @throws io.hpclaunch.api.Unsupported when the nodes see no folder that this machine sees
   */
  synchronized boolean startOrShare() {
    return folder.alone(() -> {
      record = folder.read().orElse(record);
      Path store = deployment.storage(record.id());
      OptionalInt port = broker.start(record.secret(), record.port());
      if (port.isPresent()) {
        tellWhere(store, record.withPort(port.getAsInt()).withStore(store));
      } else if (record.store().filter(store::equals).isEmpty()) {
        throw new BackendUnavailable("worker pool " + settings.name()
            + " is in use by another process, for which its storage is "
            + record.store().map(Path::toString).orElse("not known") + ", and not " + store
            + "; end that process before the pool moves to another backend or storage");
      }
      return port.isPresent();
    });
  }

  private void tellWhere(Path store, PoolRecord started) {
    try {
      write(started);
      StateFiles.folders(store);
      StateFiles.replace(BrokerFile.in(store), BrokerFile.text(address()), false);
    } catch (IOException e) {
      broker.close();
      throw new BackendUnavailable(
          "the store of worker pool " + settings.name() + " cannot be written: " + e.getMessage(),
          e);
    } catch (RuntimeException e) {
      broker.close();
      throw e;
    }
  }

  private BrokerAddress address() {
    return broker.address().orElseThrow(() -> new IllegalStateException("no broker was started"));
  }

  /** What a client needs. */
  ClientSettings client() {
    return new ClientSettings(
        id(),
        address(),
        new FolderStore(deployment.storage(id())),
        settings.batch(),
        settings.inlineLimit(),
        settings.cpusTask(),
        settings.slots() * wanted(),
        settings.allow(),
        hasLastingBroker() ? journals() : null);
  }

  private boolean hasLastingBroker() {
    return broker instanceof NamedBroker;
  }

  /** What is kept of batches, as long as RabbitMQ keeps their results. */
  private BatchJournals journals() {
    return folder.journals(deployment.storage(id()));
  }

  private synchronized String id() {
    return record.id();
  }

  /** How many workers it is to have. */
  synchronized int wanted() {
    return PoolStatus.wanted(settings, record);
  }

  /** Whether a job was submitted for it here: who hands over tasks waits for a cold start. */
  synchronized boolean hasSubmitted() {
    return hasSubmitted;
  }

  /**
   * Sees to it that there are jobs with workers, now and whenever a task is there to be run.
   *
   * @param tasks whether a task has not ended
   * @param failed told why no job is submitted any more
   */
  void keep(BooleanSupplier tasks, Consumer<RuntimeException> failed) {
    synchronized (this) {
      hasTasks = tasks;
      hopeless = failed;
    }
    follow();
  }

  /** Somebody waits for workers, or handed over a task: one more job, if one has ended since. */
  void want() {
    if (!isKept) {
      follow();
    }
  }

  private synchronized void follow() {
    if (isKept || isClosed) {
      return;
    }
    List<HPCProcess> open = folder.alone(() -> ensure(this::goOnWithout));
    isKept = true;
    for (HPCProcess job : open) {
      watched.add(job.id());
      if (followed.add(job.id())) {
        CompletableFuture<?> unused =
            job.onExit().thenAcceptAsync(info -> jobEnded(job.id(), info), thread);
      }
    }
  }

  /** Its workers were idle, ran into the walltime, or died. */
  private void jobEnded(JobId job, JobInfo info) {
    LOG.debug("pool {}: {} has ended: {}", settings.name(), job, info);
    boolean isMissed = unfollow(job, info);
    isKept = false;
    try {
      if (isMissed && hasTasks.getAsBoolean()) {
        follow();
      }
    } catch (RuntimeException e) {
      hopeless.accept(e);
    }
  }

  /** Workers that had nothing to do while others work are not missed for what these do. */
  private synchronized boolean unfollow(JobId ended, JobInfo info) {
    followed.remove(ended);
    boolean isExpired =
        record.jobs().stream().anyMatch(job -> job.id().equals(ended) && job.isExpired(info));
    return info.state() != JobState.COMPLETED || isExpired || followed.isEmpty();
  }

  /**
   * Sees to it that jobs for all workers wait or run: submits one for those that are missing.
   *
   * @return the jobs that wait or run
   * @throws BackendUnavailable when too many jobs in a row ended before a worker came
   */
  synchronized List<HPCProcess> ensureJobs() {
    return folder.alone(this::ensure);
  }

  private List<HPCProcess> ensure() {
    return ensure((alive, e) -> {
      throw e;
    });
  }

  /** What becomes of a job that was not submitted, while others wait or run. */
  private interface Refusal {
    void take(List<PoolJob> alive, HpcException why);
  }

  /** Who has workers for the tasks can do with fewer than there are to be. */
  private void goOnWithout(List<PoolJob> alive, HpcException why) {
    int workers = PoolRecord.workers(alive);
    if (workers == 0 || why instanceof OutcomeUnknown) {
      throw why;
    }
    LOG.warn(
        "worker pool {} goes on with {} of {} workers, since no job was submitted for the others:"
            + " {}",
        settings.name(),
        workers,
        wanted(),
        why.getMessage());
  }

  private List<HPCProcess> ensure(Refusal refusal) {
    refresh();
    Map<JobId, JobInfo> seen = jobs.look(record.jobIds());
    leaveOtherBackends(seen);
    List<PoolJob> alive = record.alive(seen);
    @Nullable JobId submitted = null;
    int missing = wanted() - PoolRecord.workers(alive);
    if (missing > 0) {
      try {
        submitted = submit(alive, record.failures(seen, watched), missing);
      } catch (HpcException e) {
        refusal.take(alive, e);
      }
    } else if (record.refusal() != null) {
      write(record.withRefusal(null));
    }
    List<JobId> open = new ArrayList<>(alive.stream().map(PoolJob::id).toList());
    if (submitted != null) {
      open.add(submitted);
    }
    return open.stream().map(jobs::attach).toList();
  }

  /** Workers elsewhere need not see the storage that the pool has now; they go, in their grace. */
  private void leaveOtherBackends(Map<JobId, JobInfo> seen) {
    List<JobId> left = record.alive(seen).stream()
        .filter(job -> job.workers() > 0 && !job.id().backend().equals(backend()))
        .map(PoolJob::id)
        .toList();
    if (left.isEmpty()) {
      return;
    }
    LOG.warn(
        "worker pool {} is on backend {} now: {} cancelled",
        settings.name(),
        backend(),
        left.size() == 1 ? "its job " + left.get(0) + " is" : "its jobs " + left + " are");
    jobs.cancel(left);
    PoolRecord changed = record;
    for (JobId job : left) {
      changed = changed.change(job, each -> each.withWorkers(0));
    }
    write(changed);
  }

  /** Takes in what other processes have changed. */
  private void refresh() {
    Optional<PoolRecord> known = folder.read();
    if (known.isEmpty() || !known.get().id().equals(record.id())) {
      throw new BackendUnavailable("worker pool " + settings.name() + " was deleted meanwhile");
    }
    record = known.get();
  }

  private void write(PoolRecord changed) {
    record = changed;
    folder.write(changed);
  }

  /**
   * Submits a job beside those that wait or run, in place of those that have ended. The record has
   * it before the scheduler does: a crash in between leaves none unknown.
   */
  private JobId submit(List<PoolJob> alive, int failures, int workers) {
    if (failures >= PoolStatus.MOST_FAILURES) {
      throw new BackendUnavailable(PoolStatus.paused(settings.name(), failures, record.jobs()));
    }
    Token token = Token.random();
    JobId own = JobId.of(deployment.backend().name(), token);
    PoolRecord before = record;
    List<PoolJob> all = new ArrayList<>(alive);
    all.add(new PoolJob(own, workers, Instant.now(), deployment.walltime().orElse(null), false));
    write(before.withJobs(all).withFailures(failures).withRefusal(null));
    try {
      HPCProcess process = deployment.submit(record.id(), workers, token);
      write(record.change(own, job -> job.withId(process.id())));
      hasSubmitted = true;
      return process.id();
    } catch (OutcomeUnknown e) {
      throw e; // the record has it, and whoever comes next will know
    } catch (HpcException e) {
      write(before.withRefusal(e.getMessage()));
      throw e;
    } catch (RuntimeException e) {
      write(before);
      throw e;
    }
  }

  /** A worker was heard of, perhaps of a job that another process submitted. */
  void workerCame(WorkerReport report) {
    try {
      thread.execute(() -> heardAside(report));
    } catch (RejectedExecutionException e) {
      return; // closed
    }
  }

  private void heardAside(WorkerReport report) {
    try {
      heard(report);
    } catch (RuntimeException e) {
      LOG.debug("pool {}: {}", settings.name(), e.getMessage());
    }
  }

  private synchronized void heard(WorkerReport report) {
    if (isClosed) {
      return;
    }
    folder.alone(() -> {
      refresh();
      PoolRecord changed = record.heard(report);
      if (!changed.equals(record)) {
        write(changed);
      }
      return changed;
    });
    boolean isNews =
        record.jobs().stream().anyMatch(job -> job.isOf(report) && !followed.contains(job.id()));
    if (isNews) {
      isKept = false;
      follow();
    }
  }

  /** Where the pool stands, as its scheduler tells. */
  PoolStatus look(Instant now) {
    return status(null, now);
  }

  /** Where the pool stands, as its scheduler tells and the workers told somebody. */
  PoolStatus status(@Nullable List<WorkerReport> heard, Instant now) {
    PoolRecord known = folder.read().orElse(null);
    Map<JobId, JobInfo> seen = known == null ? Map.of() : jobs.lookAtKnown(known.jobIds());
    return PoolStatus.of(settings, deployment.backend().name(), known, seen, heard, now);
  }

  /** Where the pool stands, as its scheduler and its workers tell. */
  PoolStatus status(Instant now) throws InterruptedException {
    PoolRecord known = folder.read().orElse(null);
    if (known == null) {
      return look(now);
    }
    Optional<PoolVisit> visit = visit(known);
    if (visit.isEmpty()) {
      return look(now);
    }
    try (PoolVisit there = visit.get()) {
      there.await(running(known, jobs.lookAtKnown(known.jobIds())), TO_ANSWER);
      return status(there.roster().present(), now);
    }
  }

  /** How many workers can be there. */
  private static int running(PoolRecord known, Map<JobId, JobInfo> seen) {
    return PoolRecord.workers(known.jobs().stream()
        .filter(job -> PoolJob.isRunning(seen.get(job.id())))
        .toList());
  }

  /** Workers hear it where a broker runs, this process's or another's. */
  private Optional<PoolVisit> visit(PoolRecord known) {
    return whereToVisit(known).flatMap(address -> PoolVisit.at(address, known.id()));
  }

  private Optional<BrokerAddress> whereToVisit(PoolRecord known) {
    return broker.address().or(() -> ofAnother(known));
  }

  /** Where the broker of another process is, or was. */
  private Optional<BrokerAddress> ofAnother(PoolRecord known) {
    Path store = known.store().orElse(null);
    if (store == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(BrokerFile.read(store));
    } catch (IOException e) {
      LOG.debug("pool {}: where its broker is, is not known: {}", settings.name(), e.toString());
      return Optional.empty();
    }
  }

  /**
   * Changes how many workers there are to be: submits a job for more, and tells those to end that
   * are too many. Where that fails there are to be as many as before, unless nobody knows whether
   * the scheduler has the job.
   *
   * @param workers how many
   */
  synchronized void scale(int workers) throws InterruptedException {
    folder.alone(() -> {
      refresh();
      PoolRecord before = record;
      write(record.withWanted(workers));
      try {
        return resize(workers);
      } catch (OutcomeUnknown e) {
        throw e;
      } catch (RuntimeException | InterruptedException e) {
        write(record.withWanted(before.wanted()).withRefusal(before.refusal()));
        throw e;
      }
    });
  }

  private List<HPCProcess> resize(int workers) throws InterruptedException {
    Map<JobId, JobInfo> seen = jobs.look(record.jobIds());
    int surplus = PoolRecord.workers(record.alive(seen)) - workers;
    if (surplus > 0) {
      shrink(surplus, seen);
    }
    return ensure();
  }

  /** Whether workers that run have been without a broker until a moment ago. */
  private boolean isBrokerNew() {
    return !hasLastingBroker() && broker.address().isPresent();
  }

  private void shrink(int surplus, Map<JobId, JobInfo> seen) throws InterruptedException {
    List<PoolJob> alive = record.alive(seen);
    Shrinking plan = Shrinking.plan(alive, surplus, List.of());
    try (PoolVisit visit = visit(record).orElse(null)) {
      if (visit != null) {
        visit.await(running(record, seen), isBrokerNew() ? TO_COME_BACK : TO_ANSWER);
        plan = Shrinking.plan(alive, surplus, visit.roster().present());
        drain(visit, plan.drained());
      }
    }
    jobs.cancel(plan.cancelled());
    PoolRecord changed = record;
    for (Map.Entry<JobId, Integer> left : plan.left().entrySet()) {
      changed = changed.change(left.getKey(), job -> job.withWorkers(left.getValue()));
    }
    write(changed);
  }

  /** Tells some workers to end; who ends the broker then must not do so before they have heard. */
  private static void drain(PoolVisit visit, List<String> workers) throws InterruptedException {
    if (workers.isEmpty()) {
      return; // to name none would mean all
    }
    long told = System.nanoTime();
    visit.tell(new Order.Drain(workers));
    visit.tell(new Order.Report());
    visit
        .roster()
        .await(
            report ->
                report.state() != WorkerReport.State.READY || !workers.contains(report.worker()),
            told,
            TO_ANSWER);
  }

  /**
   * Ends the workers, and forgets the pool; does nothing where there is none.
   *
   * @param patience how long tasks that run are given, where a broker can tell the workers; then,
   *     and else at once, the jobs are cancelled
   * @throws InterruptedException when the thread is interrupted; the pool may stand
   */
  synchronized void delete(Duration patience) throws InterruptedException {
    isClosed = true;
    folder.alone(() -> {
      Optional<PoolRecord> known = folder.read();
      if (known.isPresent()) {
        record = known.get();
        BrokerAddress where = whereToVisit(record).orElse(null);
        new PoolEnd(folder, record, jobs, where, hasLastingBroker()).run(patience);
        record = PoolRecord.fresh(settings.name());
      }
      return known;
    });
    hopeless.accept(
        new BackendUnavailable("worker pool " + settings.name() + " was deleted meanwhile"));
  }

  /** Ends the broker, where it is this process's own; the workers wait for the next one. */
  @Override
  public synchronized void close() {
    isClosed = true;
    thread.shutdown();
    broker.close();
  }
}
