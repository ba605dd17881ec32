// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobSpec;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.OutcomeUnknown;
import io.hpclaunch.api.Resources;
import io.hpclaunch.api.Token;
import io.hpclaunch.core.store.SpecJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sweep that was submitted: its folder on disk, and its jobs. Any process that sees the folder
 * can open it; whatever it does can be done by several at once.
 *
 * @since 0.1
 */
public final class SweepRun {
  private static final Logger log = LoggerFactory.getLogger(SweepRun.class);

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT);

  private final SweepFolder folder;
  private final SweepFolder.Begun begun;
  private final TaskJobs jobs;
  private @Nullable Sweep sweep;

  private SweepRun(SweepFolder folder, TaskJobs jobs) {
    this.folder = folder;
    this.begun = folder.begun();
    this.jobs = jobs;
  }

  /** Makes the folder, and submits everything. */
  static SweepRun start(Sweep sweep, Backend backend, SweepOptions options) {
    return start(sweep, backend, options, TaskJobs.of(backend), done -> {});
  }

  private static SweepRun start(
      Sweep sweep, Backend backend, SweepOptions options, TaskJobs jobs, IntConsumer told) {
    CommandTemplate command = sweep.command();
    int count = sweep.combinations().size();
    if (count == 0) {
      throw new InvalidConfiguration(
          sweep.source() + ": every combination is excluded: nothing would run");
    }
    boolean array = Submitter.isArray(options.mode(), backend, count);
    Submitter.check(backend, array, options.maxParallel());
    Instant now = Instant.now();
    SweepFolder.Begun begun = new SweepFolder.Begun(
        id(options),
        now,
        count,
        workingDirectory(sweep, options),
        sweep.folder().toAbsolutePath().toString());
    Submission first = submission(
        1,
        backend,
        array,
        TaskSet.first(count),
        options.maxParallel(),
        options.resources(),
        Submitter.common(begun.id(), sweep, begun.workingDirectory()));
    SweepFolder folder =
        SweepFolder.create(options.folder().toAbsolutePath(), begun, sweep, command, first);
    SweepRun run = new SweepRun(folder, jobs);
    submitFirst(first, folder, backend, told);
    return run;
  }

  /** Where nothing at all was taken, nothing is left behind. */
  private static void submitFirst(
      Submission first, SweepFolder folder, Backend backend, IntConsumer told) {
    AtomicInteger submitted = new AtomicInteger();
    try {
      Submitter.submit(first, folder, backend, done -> {
        submitted.set(done);
        told.accept(done);
      });
    } catch (HpcException e) {
      if (submitted.get() == 0 && !(e instanceof OutcomeUnknown)) {
        folder.remove();
      } else {
        log.warn(
            "Not all of sweep {} was submitted; 'hpc sweep resume {}' goes on",
            folder.id(),
            folder.id());
      }
      throw e;
    }
  }

  private static Submission submission(
      int number,
      Backend backend,
      boolean array,
      TaskSet tasks,
      @Nullable Integer maxParallel,
      Resources resources,
      JobSpec.Builder common) {
    return new Submission(
        number,
        backend.name(),
        array,
        tasks,
        maxParallel,
        Token.random().value(),
        SpecJson.write(common.resources(resources).shell(":").build()),
        Instant.now(),
        false,
        backend.register().orElse(null));
  }

  private static String id(SweepOptions options) {
    String id = options.id();
    if (id != null) {
      return id;
    }
    String stamped = "sweep_" + STAMP.format(LocalDateTime.now(ZoneId.systemDefault()));
    String free = stamped;
    for (int i = 2; Files.exists(options.folder().resolve(free)); i++) {
      free = stamped + "_" + i;
    }
    return free;
  }

  private static String workingDirectory(Sweep sweep, SweepOptions options) {
    Path given = options.workingDirectory();
    Path project = sweep.projectDirectory();
    Path chosen = project != null ? project : given != null ? given : Path.of("");
    return chosen.toAbsolutePath().toString();
  }

  /**
   * Submits a sweep whose jobs are looked up in a runtime's register afterwards.
   *
   * @param sweep what to run
   * @param runtime the runtime that the backend belongs to
   * @param backend where to
   * @param options how
   * @param told is called with the number of jobs submitted so far
   * @return the sweep on disk
   * @throws HpcException as {@link Sweep#submit(Backend, SweepOptions)}
   */
  public static SweepRun start(
      Sweep sweep, HpcRuntime runtime, Backend backend, SweepOptions options, IntConsumer told) {
    return start(sweep, backend, options, TaskJobs.of(runtime), told);
  }

  /**
   * Opens a sweep.
   *
   * @param path its folder
   * @param runtime where its jobs are remembered
   * @return the sweep
   * @throws InvalidConfiguration when there is no sweep, or its record is damaged
   */
  public static SweepRun open(Path path, HpcRuntime runtime) {
    return new SweepRun(SweepFolder.open(path), TaskJobs.of(runtime));
  }

  /**
   * The sweeps of a folder.
   *
   * @param sweeps the folder; it need not exist
   * @param runtime where their jobs are remembered
   * @return the sweeps, the oldest first
   */
  public static List<SweepRun> all(Path sweeps, HpcRuntime runtime) {
    TaskJobs jobs = TaskJobs.of(runtime);
    return SweepFolder.all(sweeps).stream()
        .map(each -> new SweepRun(each, jobs))
        .toList();
  }

  /**
   * The sweep's name.
   *
   * @return the name of its folder
   */
  public String id() {
    return folder.id();
  }

  /**
   * The sweep's folder.
   *
   * @return an absolute path
   */
  public Path folder() {
    return folder.path();
  }

  /**
   * When the sweep was begun.
   *
   * @return the time
   */
  public Instant created() {
    return begun.created();
  }

  /**
   * How many tasks there are.
   *
   * @return at least 1
   */
  public int count() {
    return begun.count();
  }

  /**
   * What the sweep was begun with.
   *
   * @return the definition, as it was then
   */
  public synchronized Sweep sweep() {
    Sweep read = sweep;
    if (read == null) {
      read = folder.sweep(begun);
      sweep = read;
    }
    return read;
  }

  /**
   * The backends that tasks were submitted to.
   *
   * @return their names
   */
  public List<String> backends() {
    return folder.submissions(count()).stream()
        .map(Submission::backend)
        .distinct()
        .toList();
  }

  /**
   * The file that a task's joined output goes to.
   *
   * @param task its number
   * @return a path; the file is there when the task has begun
   */
  public Path log(int task) {
    return folder.log(task);
  }

  /**
   * How a task's log ends, or why it has none.
   *
   * @param status where the tasks stand
   * @param task its number
   * @return the last line that is not blank, of a command that was not started the reason; empty
   *     where there is neither
   */
  public String lastLine(SweepStatus status, int task) {
    List<String> lines = FailureGroup.lastLines(status.info(task), log(task));
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  /**
   * The folder of a task.
   *
   * @param task its number
   * @return a path; the folder may be missing before the task has begun
   */
  public Path taskFolder(int task) {
    return folder.task(task);
  }

  // ---- submission ------------------------------------------------------------------------------

  /**
   * How a sweep is resumed.
   *
   * @param tasks only these, or null for all
   * @param retryFailed whether failed and lost ones run again
   * @param retryUnknown whether those that only another register remembers run again, too: nothing
   *     of them may run any more
   * @param mode how, or null for what the last submission was
   * @param resources what each asks for, or null for what the last submission asked for
   * @param maxParallel how many at once, or null for what the last submission had
   */
  public record Resumption(
      @Nullable TaskSet tasks,
      boolean retryFailed,
      boolean retryUnknown,
      @Nullable Mode mode,
      @Nullable Resources resources,
      @Nullable Integer maxParallel) {
    /** All that is missing, failed, cancelled or lost, as it was submitted before. */
    public static final Resumption ALL = new Resumption(null, true, false, null, null, null);

    /**
     * The same for some tasks.
     *
     * @param some which
     * @return another one
     */
    public Resumption only(TaskSet some) {
      return new Resumption(some, retryFailed, retryUnknown, mode, resources, maxParallel);
    }

    /**
     * The same, with failed and lost ones or without them.
     *
     * @param wanted whether they run again
     * @return another one
     */
    public Resumption retryFailed(boolean wanted) {
      return new Resumption(tasks, wanted, retryUnknown, mode, resources, maxParallel);
    }

    /**
     * The same, with what only another register remembers or without it.
     *
     * @param wanted whether it runs again; nothing of it may run any more
     * @return another one
     */
    public Resumption retryUnknown(boolean wanted) {
      return new Resumption(tasks, retryFailed, wanted, mode, resources, maxParallel);
    }
  }

  /**
   * Runs again, under their own numbers, the tasks that are missing, failed, cancelled or lost.
   * What a client left unfinished when it died is submitted first. Completed tasks never run again,
   * and those that wait or run are left alone.
   *
   * @param how which, and in which way
   * @param told is called with the number of jobs submitted so far
   * @return the tasks that were submitted now
   * @throws InvalidConfiguration when another register remembers jobs that may still run
   * @throws HpcException as {@link Backend#submit}
   */
  public TaskSet resume(Resumption how, IntConsumer told) {
    try {
      return resume(how, told, doubt -> false);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody waits here", e);
    }
  }

  /** Decides whether a submission whose outcome is not known yet is looked at again. */
  @FunctionalInterface
  public interface Patience {
    /**
     * Waits for a while.
     *
     * @param doubt which job, and why
     * @return false when it is not worth to wait any longer
     * @throws InterruptedException when the waiting thread is interrupted
     */
    boolean await(OutcomeUnknown doubt) throws InterruptedException;
  }

  /**
   * As {@link #resume(Resumption, IntConsumer)}; where the scheduler has not told yet whether it
   * took a job of a client that died, it is asked again.
   *
   * @param how which, and in which way
   * @param told is called with the number of jobs submitted so far
   * @param patience is asked before it is looked at again
   * @return the tasks that were submitted now
   * @throws InvalidConfiguration when another register remembers jobs that may still run
   * @throws OutcomeUnknown when patience was out
   * @throws InterruptedException when patience was interrupted
   * @throws HpcException as {@link Backend#submit}
   */
  public TaskSet resume(Resumption how, IntConsumer told, Patience patience)
      throws InterruptedException {
    List<Submission> before = folder.submissions(count());
    if (!how.retryUnknown()) {
      requireOwnRegister(before);
    }
    SweepStatus earlier = status(before, how.retryUnknown());
    List<Integer> again = new ArrayList<>();
    for (Submission each : before) {
      if (!each.complete() && !isForeign(each)) {
        if (!folder.isStopped(each)) {
          each.tasks().and(earlier.tasks(TaskState.MISSING)).forEach(again::add);
        }
        finish(each, told, patience);
      }
    }
    SweepStatus status = again.isEmpty() ? earlier : status(before, how.retryUnknown());
    List<Integer> fresh = again(how, status);
    if (!fresh.isEmpty()) {
      again.addAll(fresh);
      resubmit(how, before, TaskSet.of(fresh), told);
    }
    return TaskSet.of(again);
  }

  private void finish(Submission submission, IntConsumer told, Patience patience)
      throws InterruptedException {
    while (true) {
      try {
        Submitter.submit(submission, folder, jobs.backend(submission.backend()), told);
        return;
      } catch (OutcomeUnknown e) {
        if (!patience.await(e)) {
          throw e;
        }
      }
    }
  }

  private static List<Integer> again(Resumption how, SweepStatus status) {
    List<Integer> again = new ArrayList<>();
    for (int task = 1; task <= status.size(); task++) {
      boolean wanted = how.tasks() == null || how.tasks().contains(task);
      if (wanted && runsAgain(status.state(task), how.retryFailed())) {
        again.add(task);
      }
    }
    return again;
  }

  private static boolean runsAgain(TaskState state, boolean retryFailed) {
    return switch (state) {
      case MISSING, CANCELLED -> true;
      case FAILED, LOST -> retryFailed;
      case PENDING, RUNNING, COMPLETED, UNKNOWN -> false;
    };
  }

  private void resubmit(Resumption how, List<Submission> before, TaskSet tasks, IntConsumer told) {
    Submission last = before.get(before.size() - 1);
    Backend backend = jobs.backend(last.backend());
    Mode mode = how.mode() != null ? how.mode() : last.array() ? Mode.ARRAY : Mode.INDIVIDUAL;
    Integer most = how.maxParallel() != null ? how.maxParallel() : last.maxParallel();
    Resources resources = how.resources() != null
        ? how.resources().orElse(Submitter.shared(last, folder).resources())
        : Submitter.shared(last, folder).resources();
    boolean array = Submitter.isArray(mode, backend, tasks.size());
    Submitter.check(backend, array, most);
    Submission next = submission(
        last.number() + 1,
        backend,
        array,
        tasks,
        most,
        resources,
        Submitter.common(id(), sweep(), begun.workingDirectory()));
    if (!folder.begin(next)) {
      throw new BackendUnavailable("another process resumes " + id() + " just now");
    }
    Submitter.submit(next, folder, backend, told);
  }

  /**
   * Asks for the end of all tasks that have not ended. What was not submitted yet is not submitted
   * any more, until the sweep is resumed.
   *
   * @return how many tasks were waiting or running
   * @throws InvalidConfiguration when another register remembers jobs that may still run
   * @throws HpcException as {@link Backend#cancel}
   */
  public int cancel() {
    List<Submission> submissions = folder.submissions(count());
    requireOwnRegister(submissions);
    submissions.stream().filter(each -> !each.complete()).forEach(folder::stop);
    SweepStatus status = status(submissions);
    TaskSet active = status.tasks(TaskState.PENDING, TaskState.RUNNING, TaskState.UNKNOWN);
    if (active.isEmpty()) {
      return 0;
    }
    Map<String, List<JobId>> open = new LinkedHashMap<>();
    for (Submission each : submissions) {
      TaskSet asked = each.tasks().and(active);
      if (!asked.isEmpty()) {
        folder.noteCancelled(each, asked);
        open.computeIfAbsent(each.backend(), name -> new ArrayList<>()).addAll(each.jobs(asked));
      }
    }
    open.forEach((backend, ids) -> jobs.backend(backend).cancel(ids));
    return active.size();
  }

  /** What another register remembers can neither be ended nor be known to have ended from here. */
  private void requireOwnRegister(List<Submission> submissions) {
    SweepStatus status = null;
    for (Submission each : submissions) {
      if (isForeign(each)) {
        status = status == null ? status(submissions) : status;
        if (!each.tasks().and(status.tasks(TaskState.UNKNOWN)).isEmpty()) {
          throw new InvalidConfiguration(
              "sweep " + id() + ": " + each.elsewhere() + "; its tasks may run, and this client"
                  + " cannot tell: call it with that state folder (HPC_STATE_DIR); where it is gone"
                  + " and nothing of them runs any more, 'hpc sweep resume --retry-unknown' runs"
                  + " them again");
        }
      }
    }
  }

  private boolean isForeign(Submission submission) {
    return submission.isForeign(jobs.backend(submission.backend()).register());
  }

  /**
   * Whether jobs of this sweep are remembered by another register than this client's, which can
   * tell of them only what tasks wrote themselves.
   *
   * @return where that register is, in a sentence; empty where all is remembered here
   */
  public Optional<String> remembered() {
    return folder.submissions(count()).stream()
        .filter(this::isForeign)
        .map(Submission::elsewhere)
        .findFirst();
  }

  // ---- observation -----------------------------------------------------------------------------

  /**
   * Where all tasks stand; asks each backend once for all of them.
   *
   * @return the status
   */
  public SweepStatus status() {
    return status(folder.submissions(count()));
  }

  private SweepStatus status(List<Submission> submissions) {
    return status(submissions, false);
  }

  /** Of what another register remembers what is not known is lost, where somebody says so. */
  private SweepStatus status(List<Submission> submissions, boolean lost) {
    List<Submission> own = submissions.stream().filter(each -> !isForeign(each)).toList();
    Map<JobId, JobInfo> told = ask(own);
    @Nullable JobInfo[] infos = new @Nullable JobInfo[count()];
    for (Submission each : submissions) {
      if (!own.contains(each)) {
        foreign(each, lost ? JobState.LOST : JobState.UNKNOWN, infos);
      } else if (each.array()) {
        array(each, told.get(each.job(0)), infos);
      } else {
        singles(each, told, infos);
      }
    }
    return new SweepStatus(Collections.unmodifiableList(Arrays.asList(infos)));
  }

  private void singles(Submission submission, Map<JobId, JobInfo> told, @Nullable JobInfo[] infos) {
    TaskSet cancelled = folder.cancelled(submission, count());
    submission.tasks().forEach(task -> {
      JobInfo info = told.get(submission.job(task));
      JobInfo known = info == null ? evidence(submission, task, cancelled) : info;
      infos[task - 1] = known == null ? infos[task - 1] : withoutChain(known);
    });
  }

  /** Of jobs that another register remembers only what they wrote themselves can be told. */
  private void foreign(Submission submission, JobState other, @Nullable JobInfo[] infos) {
    TaskSet cancelled = folder.cancelled(submission, count());
    submission.tasks().forEach(task -> {
      JobInfo known = evidence(submission, task, cancelled);
      infos[task - 1] = known == null || known.state() == JobState.LOST
          ? JobInfo.builder(other).reason(submission.elsewhere()).build()
          : known;
    });
  }

  /**
   * That single jobs wait for each other is the sweep's doing: one that its scheduler dropped since
   * the one before it was cancelled has not failed.
   */
  private static JobInfo withoutChain(JobInfo info) {
    return info.cause() == Cause.DEPENDENCY
        ? info.toBuilder().state(JobState.CANCELLED).build()
        : info;
  }

  private Map<JobId, JobInfo> ask(List<Submission> submissions) {
    Map<String, List<JobId>> ids = new LinkedHashMap<>();
    for (Submission each : submissions) {
      ids.computeIfAbsent(each.backend(), name -> new ArrayList<>()).addAll(each.jobs());
    }
    Map<JobId, JobInfo> told = new HashMap<>();
    ids.forEach((backend, all) -> told.putAll(jobs.backend(backend).status(all)));
    return told;
  }

  private void array(Submission submission, @Nullable JobInfo whole, @Nullable JobInfo[] infos) {
    Map<Integer, JobInfo> elements = whole == null ? Map.of() : jobs.elements(submission.job(0));
    TaskSet cancelled = folder.cancelled(submission, count());
    int[] tasks = submission.tasks().toArray();
    for (int place = 0; place < tasks.length; place++) {
      int task = tasks[place];
      JobInfo info = elements.get(place + 1);
      if (info == null && whole != null && !whole.state().isFinal()) {
        info = JobInfo.builder(
                whole.state() == JobState.UNKNOWN ? JobState.UNKNOWN : JobState.QUEUED)
            .submitted(whole.submitted())
            .reason(whole.reason())
            .build();
      }
      if (info == null) {
        info = evidence(submission, task, cancelled);
      }
      if (info == null && whole != null) {
        info = whole.state() == JobState.COMPLETED
            ? JobInfo.builder(JobState.LOST)
                .reason("nothing tells how it ended")
                .build()
            : whole;
      }
      infos[task - 1] = info == null ? infos[task - 1] : info;
    }
  }

  /**
   * What the task itself wrote, where no record has its job any more. One that was asked to end,
   * and did not complete before, was cancelled; one that began and did not tell its end is lost.
   */
  private @Nullable JobInfo evidence(Submission submission, int task, TaskSet cancelled) {
    Map<String, String> status = folder.status(task);
    boolean began = Integer.toString(submission.number()).equals(status.get("submission"));
    if (!began) {
      return cancelled.contains(task) ? JobInfo.builder(JobState.CANCELLED).build() : null;
    }
    Instant started = instant(status.get("started"));
    Instant ended = instant(status.get("ended"));
    JobInfo.Builder info;
    switch (String.valueOf(status.get("state"))) {
      case "completed" -> info = JobInfo.builder(JobState.COMPLETED).exitCode(0);
      case "failed" -> {
        info = cancelled.contains(task)
            ? JobInfo.builder(JobState.CANCELLED)
            : JobInfo.builder(JobState.FAILED).failed(Cause.EXIT_CODE);
        info.exitCode(Integer.valueOf(status.getOrDefault("exit_code", "1")));
      }
      default -> {
        info = cancelled.contains(task)
            ? JobInfo.builder(JobState.CANCELLED)
            : JobInfo.builder(JobState.LOST)
                .reason("it began, no record has its job " + status.get("job")
                    + " any more, and it has not written how it ended");
        ended = null;
      }
    }
    info.started(started).ended(ended);
    if (started != null && ended != null) {
      info.wallTime(Duration.between(started, ended));
    }
    return info.build();
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * Waits until no task may do anything any more. What was not submitted does not count.
   *
   * @return the status at the end
   * @throws InvalidConfiguration when another register remembers jobs that may still run
   * @throws InterruptedException when the waiting thread is interrupted; tasks go on
   */
  public SweepStatus waitFor() throws InterruptedException {
    List<Submission> submissions = folder.submissions(count());
    requireOwnRegister(submissions);
    for (Submission each : submissions) {
      Backend backend = jobs.backend(each.backend());
      for (JobId id : backend.status(each.jobs()).keySet()) {
        backend.attach(id).waitFor();
      }
    }
    return status();
  }

  // ---- afterwards ------------------------------------------------------------------------------

  /**
   * The tasks that failed, grouped by how their logs end.
   *
   * @return the groups, the largest first
   */
  public List<FailureGroup> errors() {
    return FailureGroup.of(status(), this::log);
  }

  /**
   * What tasks measured, with their parameters.
   *
   * @param files names of files in the tasks' folders, such as {@code metrics.json}
   * @return a table
   * @throws InvalidConfiguration when a name leaves the folder
   */
  public Results collect(List<String> files) {
    return Results.of(sweep(), status(), this::taskFolder, files);
  }

  /**
   * Writes a page about the sweep, which a browser shows without a network.
   *
   * @param file where to
   * @param files names of files with metrics in the tasks' folders
   * @param metric the metric to show first, or null
   * @throws InvalidConfiguration when the file cannot be written, or there is no such metric
   */
  public void report(Path file, List<String> files, @Nullable String metric) {
    SweepStatus status = status();
    Report.write(
        this,
        status,
        Results.of(sweep(), status, this::taskFolder, files),
        FailureGroup.of(status, this::log),
        metric,
        file);
  }

  /**
   * Removes the sweep's folder, and what is remembered of its jobs.
   *
   * @throws InvalidConfiguration when tasks wait or run
   */
  public void cleanUp() {
    List<Submission> submissions = folder.submissions(count());
    requireOwnRegister(submissions);
    if (status(submissions).isActive()) {
      throw new InvalidConfiguration(id() + " has tasks that wait or run: cancel it, or wait");
    }
    for (Submission each : submissions) {
      Backend backend = jobs.backend(each.backend());
      backend.status(each.jobs()).keySet().forEach(backend::clean);
    }
    folder.remove();
  }
}
