// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.core.report.TaskPage;
import io.hpclaunch.pool.TaskRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of tasks, for a page that shows it. */
final class TaskLog {
  /** About as many as a page holds. */
  private static final int MOST = 400_000;

  private static final int MILLIS = 3;
  private static final int LAST_LINES = 5;
  private static final int SHOWN_TASKS = 20;
  private static final List<String> STATES = List.of("completed", "failed", "cancelled");

  private final int most;
  private final Instant begun = Instant.now();
  private final List<TaskPage.Task> tasks = new ArrayList<>();
  private final Map<String, Group> failures = new LinkedHashMap<>();
  private int leftOut;

  private TaskLog(int most) {
    this.most = most;
  }

  /** An empty log. */
  static TaskLog forPage() {
    return new TaskLog(MOST);
  }

  /** A log that keeps nothing. */
  static TaskLog none() {
    return new TaskLog(0);
  }

  /** Tasks that failed in the same way. */
  private static final class Group {
    private final List<String> lines;
    private final List<String> shown = new ArrayList<>();
    private int count;

    Group(List<String> lines) {
      this.lines = lines;
    }

    private void add(int task) {
      count++;
      if (shown.size() < SHOWN_TASKS) {
        shown.add(Integer.toString(task));
      }
    }

    private TaskPage.Failure told(String how) {
      String more = count > shown.size() ? ", …" : "";
      return new TaskPage.Failure(how, count, String.join(", ", shown) + more, lines);
    }
  }

  /**
   * Takes a task.
   *
   * @param state where it ended
   * @param code its exit status, or null
   * @param run how it went, or null: it did not
   */
  void add(String state, @Nullable Integer code, @Nullable TaskRun run) {
    if (tasks.size() >= most) {
      leftOut++;
      return;
    }
    Instant started = run == null ? null : run.started();
    Instant ended = run == null ? null : run.started().plus(run.elapsed());
    String host = run == null ? null : run.host() == null ? run.worker() : run.host();
    tasks.add(new TaskPage.Task(state, started, ended, code, host));
  }

  /** Takes why a task failed, by its number on the page. */
  void fail(int task, String how, String errors) {
    if (most == 0) {
      return;
    }
    failures.computeIfAbsent(how, known -> new Group(lastLines(errors))).add(task);
  }

  private static List<String> lastLines(String text) {
    List<String> lines = text.lines().toList();
    return lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
  }

  /** Writes the page. */
  void write(String pool, String backend, Path file) throws IOException {
    List<TaskPage.Failure> groups = new ArrayList<>();
    failures.forEach((how, group) -> groups.add(group.told(how)));
    TaskPage page = new TaskPage("Pool", pool, backend, first())
        .tasks(STATES, tasks, MILLIS)
        .failures(groups);
    Files.write(file, (leftOut > 0 ? page.isShortened() : page).render());
  }

  /** Clocks of workers may be behind this one's. */
  private Instant first() {
    Instant first = begun;
    for (TaskPage.Task task : tasks) {
      Instant started = task.started();
      if (started != null && started.isBefore(first)) {
        first = started;
      }
    }
    return first;
  }
}
