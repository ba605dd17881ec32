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
        false);
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
   * How a task's log ends.
   *
   * @param task its number
   * @return the last line that is not blank; empty where there is none
   */
  public String lastLine(int task) {
    List<String> lines = FailureGroup.tail(log(task));
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
   * @param mode how, or null for what the last submission was
   * @param resources what each asks for, or null for what the last submission asked for
   * @param maxParallel how many at once, or null for what the last submission had
   */
  public record Resumption(
      @Nullable TaskSet tasks,
      boolean retryFailed,
      @Nullable Mode mode,
      @Nullable Resources resources,
      @Nullable Integer maxParallel) {
    /** All that is missing, failed, cancelled or lost, as it was submitted before. */
    public static final Resumption ALL = new Resumption(null, true, null, null, null);
  }

  /**
   * Runs again, under their own numbers, the tasks that are missing, failed, cancelled or lost.
   * What a client left unfinished when it died is submitted first. Completed tasks never run again,
   * and those that wait or run are left alone.
   *
   * @param how which, and in which way
   * @param told is called with the number of jobs submitted so far
   * @return the tasks that were submitted now
   * @throws HpcException as {@link Backend#submit}
   */
  public TaskSet resume(Resumption how, IntConsumer told) {
    List<Submission> before = folder.submissions(count());
    List<Integer> finished = new ArrayList<>();
    SweepStatus earlier = status(before);
    for (Submission each : before) {
      if (!each.complete()) {
        each.tasks().forEach(task -> {
          if (earlier.state(task) == TaskState.MISSING && !folder.isStopped(each)) {
            finished.add(task);
          }
        });
        Submitter.submit(each, folder, jobs.backend(each.backend()), told);
      }
    }
    SweepStatus status = finished.isEmpty() ? earlier : status();
    List<Integer> again = new ArrayList<>(finished);
    List<Integer> fresh = again(how, status);
    if (!fresh.isEmpty()) {
      again.addAll(fresh);
      resubmit(how, before, TaskSet.of(fresh), told);
    }
    return TaskSet.of(again);
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
   * @throws HpcException as {@link Backend#cancel}
   */
  public int cancel() {
    List<Submission> submissions = folder.submissions(count());
    submissions.stream().filter(each -> !each.complete()).forEach(folder::stop);
    SweepStatus status = status(submissions);
    int active = 0;
    Map<String, List<JobId>> open = new LinkedHashMap<>();
    for (int task = 1; task <= count(); task++) {
      active += status.state(task).isActive() ? 1 : 0;
    }
    for (Submission each : submissions) {
      List<JobId> ids = open.computeIfAbsent(each.backend(), name -> new ArrayList<>());
      if (each.array()) {
        ids.add(each.job(0));
      } else {
        each.tasks().forEach(task -> {
          if (status.state(task).isActive()) {
            ids.add(each.job(task));
          }
        });
      }
    }
    if (active > 0) {
      open.forEach((backend, ids) -> jobs.backend(backend).cancel(ids));
    }
    return active;
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
    Map<JobId, JobInfo> told = ask(submissions);
    @Nullable JobInfo[] infos = new @Nullable JobInfo[count()];
    for (Submission each : submissions) {
      if (each.array()) {
        array(each, told.get(each.job(0)), infos);
      } else {
        each.tasks().forEach(task -> {
          JobInfo info = told.get(each.job(task));
          JobInfo known = info == null ? evidence(each, task) : info;
          infos[task - 1] = known == null ? infos[task - 1] : withoutChain(known);
        });
      }
    }
    return new SweepStatus(Collections.unmodifiableList(Arrays.asList(infos)));
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
      List<JobId> all = ids.computeIfAbsent(each.backend(), name -> new ArrayList<>());
      if (each.array()) {
        all.add(each.job(0));
      } else {
        each.tasks().forEach(task -> all.add(each.job(task)));
      }
    }
    Map<JobId, JobInfo> told = new HashMap<>();
    ids.forEach((backend, all) -> told.putAll(jobs.backend(backend).status(all)));
    return told;
  }

  private void array(Submission submission, @Nullable JobInfo whole, @Nullable JobInfo[] infos) {
    Map<Integer, JobInfo> elements = whole == null ? Map.of() : jobs.elements(submission.job(0));
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
        info = evidence(submission, task);
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
   * What the task itself wrote, where no record has its job any more. One that began and did not
   * tell its end is lost.
   */
  private @Nullable JobInfo evidence(Submission submission, int task) {
    Map<String, String> status = folder.status(task);
    if (!Integer.toString(submission.number()).equals(status.get("submission"))) {
      return null;
    }
    Instant started = instant(status.get("started"));
    Instant ended = instant(status.get("ended"));
    JobInfo.Builder info;
    switch (String.valueOf(status.get("state"))) {
      case "completed" -> info = JobInfo.builder(JobState.COMPLETED).exitCode(0);
      case "failed" ->
        info = JobInfo.builder(JobState.FAILED)
            .failed(Cause.EXIT_CODE)
            .exitCode(Integer.valueOf(status.getOrDefault("exit_code", "1")));
      default -> {
        info = JobInfo.builder(JobState.LOST)
            .reason("it began, no record has its job " + status.get("job") + " any more, and it has"
                + " not written how it ended");
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
   * @throws InterruptedException when the waiting thread is interrupted; tasks go on
   */
  public SweepStatus waitFor() throws InterruptedException {
    for (Submission each : folder.submissions(count())) {
      Backend backend = jobs.backend(each.backend());
      List<JobId> ids = new ArrayList<>();
      if (each.array()) {
        ids.add(each.job(0));
      } else {
        each.tasks().forEach(task -> ids.add(each.job(task)));
      }
      for (JobId id : backend.status(ids).keySet()) {
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
    SweepStatus status = status();
    if (status.isActive()) {
      throw new InvalidConfiguration(id() + " has tasks that wait or run: cancel it, or wait");
    }
    for (Submission each : folder.submissions(count())) {
      Backend backend = jobs.backend(each.backend());
      List<JobId> ids = new ArrayList<>();
      if (each.array()) {
        ids.add(each.job(0));
      } else {
        each.tasks().forEach(task -> ids.add(each.job(task)));
      }
      backend.status(ids).keySet().forEach(backend::clean);
    }
    folder.remove();
  }
}
