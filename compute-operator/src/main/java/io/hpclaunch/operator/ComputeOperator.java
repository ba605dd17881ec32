// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HPCBackend;
import io.hpclaunch.api.HPCProcess;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks with files on any backend, in four steps: {@link #prepare}, {@link #submit},
 * {@link #poll}, {@link #collect}. All that is known stands on disk, in {@code runs/RUN} below a
 * folder of the user's; each step can be repeated, and any process can do the next one, wherever
 * the last one was killed. {@link #go} does all of them until the run is over.
 *
 * <pre>{@code
 * RunSpec run = RunSpec.builder("relaxation")
 *     .task(Task.builder("relax")
 *         .shell("python3 relax.py in.json > out.json")
 *         .fileFromPath("relax.py", Path.of("scripts/relax.py"))
 *         .fileFromContent("in.json", "{\"steps\": 100}")
 *         .cores(8).memoryGb(16).timeLimitMinutes(60)
 *         .download("*.json")
 *         .retry(RetryPolicy.times(2).memoryFactor(2).causes(FailureCause.OUT_OF_MEMORY))
 *         .build())
 *     .build();
 * try (ComputeOperator operator = ComputeOperator.over(Backends.get("cluster")).build()) {
 *   operator.prepare(run);
 *   RunStatus end = operator.go("relaxation");
 * }
 * }</pre>
 *
 * <p>Safe for use by several threads and processes: they take turns on a run.
 *
 * @since 0.1
 */
public final class ComputeOperator implements AutoCloseable {
  private static final String RUNS = "runs";
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

  private final Path runs;
  private final Work work;
  private final Duration patience;
  private final @Nullable HpcRuntime own;

  private ComputeOperator(Builder b, Function<@Nullable String, Backend> backends) {
    runs = b.directory.toAbsolutePath().normalize().resolve(RUNS);
    work = new Work(backends, b.settings, b.clock, b.listener);
    patience = b.patience;
    own = b.own;
  }

  /**
   * For tasks on the backends of a runtime, each task's by the name that it gives.
   *
   * @param runtime the runtime; it is not closed with the operator
   * @return a builder
   */
  public static Builder over(HpcRuntime runtime) {
    return new Builder(name -> name == null ? runtime.backend() : runtime.backend(name), null);
  }

  /**
   * For tasks on one backend.
   *
   * @param backend the backend; tasks name it or none
   * @return a builder
   */
  public static Builder over(Backend backend) {
    return new Builder(only(backend), null);
  }

  /**
   * For tasks on a scheduler that a plugin's object speaks to.
   *
   * @param plugin a new object; it is initialized here, and closed with the operator
   * @param config what an entry of the configuration takes: {@code name}, {@code config},
   *     {@code transport}, {@code workspace} …
   * @return a builder
   * @throws InvalidConfiguration when a key is unknown, or the plugin cannot be initialized
   */
  public static Builder over(HPCBackend plugin, Map<String, ? extends @Nullable Object> config) {
    HpcRuntime runtime = HpcRuntime.builder().build();
    try {
      return new Builder(only(runtime.open(plugin, config)), runtime);
    } catch (HpcException e) {
      runtime.close();
      throw e;
    }
  }

  private static Function<@Nullable String, Backend> only(Backend backend) {
    return name -> {
      if (name == null || name.equals(backend.name())) {
        return backend;
      }
      throw new InvalidConfiguration(
          "this operator has one backend, " + backend.name() + ", and not '" + name + "'");
    };
  }

  /** Collects what an operator is to be made with. */
  public static final class Builder {
    private final Function<@Nullable String, Backend> backends;
    private final @Nullable HpcRuntime own;
    private Path directory = Path.of("");
    private Function<String, Map<String, String>> settings = name -> Map.of();
    private Clock clock = Clock.systemUTC();
    private Duration patience = Duration.ofSeconds(30);
    private RunListener listener = RunListener.NOBODY;

    private Builder(Function<@Nullable String, Backend> backends, @Nullable HpcRuntime own) {
      this.backends = backends;
      this.own = own;
    }

    /**
     * Sets the folder that {@code runs} is in.
     *
     * @param path in place of the working directory
     * @return this
     */
    public Builder directory(Path path) {
      directory = path;
      return this;
    }

    /**
     * Sets what is stored with each attempt as the configuration of its backend.
     *
     * @param of what the configuration says of a backend, by keys; nothing by default
     * @return this
     */
    public Builder settings(Function<String, Map<String, String>> of) {
      settings = of;
      return this;
    }

    /**
     * Sets how long a step waits for another process that works on the run.
     *
     * @param limit in place of 30 s
     * @return this
     */
    public Builder patience(Duration limit) {
      patience = limit;
      return this;
    }

    /**
     * Sets who is told what happens.
     *
     * @param value in place of nobody
     * @return this
     */
    public Builder listener(RunListener value) {
      listener = value;
      return this;
    }

    /**
     * Sets the clock.
     *
     * @param value in place of the system's
     * @return this
     */
    public Builder clock(Clock value) {
      clock = value;
      return this;
    }

    /**
     * Makes the operator.
     *
     * @return the operator; to be closed
     */
    public ComputeOperator build() {
      return new ComputeOperator(this, backends);
    }
  }

  // ---- the steps ---------------------------------------------------------------------------

  /**
   * Makes the run's folder: for each task a first attempt with its manifest and configuration. A
   * run that was prepared from the same tasks is left as it is.
   *
   * @param spec the run
   * @return where it stands
   * @throws InvalidJob when an input file is missing, or the run's id is taken by other tasks
   * @throws io.hpclaunch.api.Unsupported when a backend can't do what a task needs
   * @throws BackendUnavailable when the run's folder cannot be written
   */
  public RunStatus prepare(RunSpec spec) {
    return guarded("run " + spec.id() + " cannot be prepared", () -> {
      RunFolder run = new Preparation(work).run(runs, spec);
      return Standing.of(run).status();
    });
  }

  /**
   * Brings the files of tasks that are ready, and submits each once. Attempts that were submitted,
   * or have ended, are left as they are.
   *
   * @param run the run's id
   * @return where it stands
   * @throws InvalidJob when there is no such run
   * @throws BackendUnavailable when its folder cannot be used, or another process works on it
   */
  public RunStatus submit(String run) {
    return locked(run, folder -> new Submitting(work, folder).submit());
  }

  /**
   * Asks how the jobs stand, and keeps it.
   *
   * @param run the run's id
   * @return where it stands
   * @throws InvalidJob when there is no such run
   * @throws BackendUnavailable when its folder cannot be used, or another process works on it
   */
  public RunStatus poll(String run) {
    return locked(run, folder -> new Polling(work, folder).poll(Polling::ask));
  }

  /**
   * Brings the results of attempts that have ended. What was collected is not collected again.
   *
   * @param run the run's id
   * @return where it stands
   * @throws InvalidJob when there is no such run
   * @throws BackendUnavailable when its folder cannot be used, or another process works on it
   */
  public RunStatus collect(String run) {
    return locked(run, folder -> new Collecting(work, folder, new FailedCollections()).collect());
  }

  /**
   * Submits, polls and collects until the run is over. It can be interrupted, and called again by
   * whomever.
   *
   * @param run the run's id
   * @return how it ended
   * @throws InvalidJob when there is no such run
   * @throws BackendUnavailable when its folder cannot be used
   * @throws InterruptedException when the thread is interrupted; jobs go on
   */
  public RunStatus go(String run) throws InterruptedException {
    open(run);
    Polling.Following following = new Polling.Following();
    FailedCollections failed = new FailedCollections();
    Duration pause = SHORTEST_PAUSE;
    RunStatus before = null;
    while (true) {
      long began = System.nanoTime();
      RunStatus now = round(run, following, failed);
      if (now.isOver()) {
        return now;
      }
      giveUpCollecting(now, failed);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      pause = now.equals(before) ? longer(pause) : SHORTEST_PAUSE;
      before = now;
      await(following, pause.compareTo(took) < 0 ? took : pause);
    }
  }

  /** Where only collecting is left to do, and does not work however often it is tried. */
  private static void giveUpCollecting(RunStatus now, FailedCollections failed) {
    String why = null;
    for (TaskStatus task : now.tasks()) {
      if (!task.state().isFinal()) {
        return;
      }
      if (task.attempt().awaitsCollection()) {
        Optional<String> failure = failed.givenUp(task.task(), task.attempt().number());
        if (failure.isEmpty()) {
          return;
        }
        why = "the results of task " + task.task() + " cannot be collected: " + failure.get();
      }
    }
    if (why != null) {
      throw new BackendUnavailable(why + "; mend that, and go on with the run");
    }
  }

  /** One step after the other; a run that another process works on is only looked at. */
  private RunStatus round(String run, Polling.Following following, FailedCollections failed)
      throws InterruptedException {
    RunStatus now;
    try {
      now = locked(run, folder -> {
        new Polling(work, folder).poll(following);
        new Collecting(work, folder, failed).collect();
        new Submitting(work, folder).submit();
      });
    } catch (BackendUnavailable e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      work.listener().problem(String.valueOf(e.getMessage()));
      now = status(run);
    }
    work.listener().seen(now);
    return now;
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  /** Waits until a job ends, but not for longer than the pause. */
  private static void await(Polling.Following following, Duration pause)
      throws InterruptedException {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (HPCProcess process : following.open()) {
      ends.add(process.onExit());
    }
    if (ends.isEmpty()) {
      Thread.sleep(pause.toMillis());
      return;
    }
    try {
      CompletableFuture.anyOf(ends.toArray(CompletableFuture<?>[]::new))
          .get(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // the next round sees how they stand
    }
  }

  // ---- beside the steps --------------------------------------------------------------------

  /**
   * Where a run stands, as far as is known here; no backend is asked.
   *
   * @param run the run's id
   * @return where it stands
   * @throws InvalidJob when there is no such run
   * @throws BackendUnavailable when its folder cannot be read
   */
  public RunStatus status(String run) {
    return guarded(
        "run " + run + " cannot be read", () -> Standing.of(open(run)).status());
  }

  /**
   * Prepares new attempts, which the next {@link #submit} submits. Input files are taken as they
   * are now. Tasks that a failed one ended wait again by themselves.
   *
   * @param run the run's id
   * @param request what is tried again
   * @return where it stands
   * @throws InvalidJob when there is no such run or task, an input file is missing, or a task that
   *     was named did not fail
   * @throws BackendUnavailable when its folder cannot be used, another process works on it, or
   *     results of a last attempt cannot be collected
   */
  public RunStatus retry(String run, RetryRequest request) {
    return locked(run, folder -> {
      new Polling(work, folder).poll(Polling::ask);
      new Collecting(work, folder, new FailedCollections()).collect();
      new Retrying(work, folder).retry(request);
    });
  }

  /**
   * Asks for the end of tasks. What was not submitted never will be; jobs are asked to end, and
   * {@link #poll} tells when they have.
   *
   * @param run the run's id
   * @param tasks the ids of tasks; empty for all
   * @return where it stands
   * @throws InvalidJob when there is no such run or task
   * @throws BackendUnavailable when its folder cannot be used, or a backend could not be asked: the
   *     wish is kept, and the next step asks again
   */
  public RunStatus cancel(String run, List<String> tasks) {
    RunFolder folder = open(run);
    return guarded("run " + run + " cannot be cancelled", () -> {
      cancel(folder, tasks);
      return poll(run);
    });
  }

  /** The wishes come first: whoever works on the run keeps them. No lock is waited for. */
  private void cancel(RunFolder run, List<String> tasks) throws IOException {
    List<Task> wanted = new ArrayList<>();
    tasks.forEach(id -> wanted.add(Work.task(run, id)));
    Map<Backend, List<JobId>> jobs = new LinkedHashMap<>();
    Map<Task, Attempt> last = new LinkedHashMap<>();
    for (Task task : tasks.isEmpty() ? run.spec().tasks() : wanted) {
      Attempt attempt = run.last(task);
      last.put(task, attempt);
      JobId job = attempt.job();
      if (job != null && attempt.state().isActive()) {
        jobs.computeIfAbsent(work.backend(run, attempt.backend()), any -> new ArrayList<>())
            .add(job);
      }
    }
    for (Map.Entry<Task, Attempt> each : last.entrySet()) {
      run.cancel(each.getKey(), each.getValue().number(), work.now());
    }
    jobs.forEach(Backend::cancel);
  }

  /**
   * The runs that there are.
   *
   * @return where each stands, the oldest first; one that cannot be read is left out, and told to
   *     the listener
   * @throws BackendUnavailable when the folder of runs cannot be read
   */
  public List<RunStatus> list() {
    return guarded("the runs in " + runs + " cannot be listed", () -> {
      List<RunStatus> all = new ArrayList<>();
      for (String name : names()) {
        try {
          all.add(Standing.of(open(name)).status());
        } catch (IOException | HpcException e) {
          work.listener().problem(String.valueOf(e.getMessage()));
        }
      }
      all.sort(Comparator.comparing(RunStatus::created).thenComparing(RunStatus::run));
      return all;
    });
  }

  private SortedSet<String> names() throws IOException {
    SortedSet<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runs)) {
      for (Path each : entries) {
        String name = String.valueOf(each.getFileName());
        if (!name.startsWith(".") && Files.isDirectory(each)) {
          names.add(name);
        }
      }
    } catch (NoSuchFileException e) {
      return names;
    }
    return names;
  }

  // ---- what they share ---------------------------------------------------------------------

  private RunFolder open(String run) {
    return guarded("run " + run + " cannot be read", () -> {
      Optional<RunFolder> known = RunFolder.open(runs, run);
      if (known.isEmpty()) {
        SortedSet<String> names = names();
        throw new InvalidJob("there is no run '" + run + "' in " + runs
            + (names.isEmpty() ? "" : "; there are: " + String.join(", ", names)));
      }
      return known.get();
    });
  }

  private interface Step {
    void on(RunFolder run) throws IOException;
  }

  private RunStatus locked(String run, Step step) {
    RunFolder folder = open(run);
    return guarded("run " + run + " cannot be worked on", () -> {
      RunLock lock = lock(folder);
      try {
        step.on(folder);
      } finally {
        lock.close();
      }
      return Standing.of(folder).status();
    });
  }

  private RunLock lock(RunFolder run) throws IOException {
    try {
      return RunLock.take(run.path(), patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendUnavailable(
          "interrupted while waiting for run " + run.spec().id(), e);
    }
  }

  private interface Reading<T> {
    T read() throws IOException;
  }

  private static <T> T guarded(String what, Reading<T> reading) {
    try {
      return reading.read();
    } catch (IOException e) {
      throw new BackendUnavailable(what + ": " + e.getMessage(), e);
    }
  }

  /** Closes what was opened here. Jobs go on. */
  @Override
  public void close() {
    if (own != null) {
      own.close();
    }
  }
}
