// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A sweep for programs. */
final class SweepJson {
  private SweepJson() {}

  /** A sweep; the names become keys. */
  record Told(
      String id,
      String folder,
      List<String> backends,
      Instant created,
      int count,
      Map<String, Integer> states,
      @Nullable List<Task> tasks) {}

  /** A task; the names become keys. */
  record Task(
      int task,
      TaskState state,
      @Nullable Integer exitCode,
      @Nullable Integer signal,
      io.hpclaunch.api.@Nullable Cause cause,
      @Nullable String reason,
      @Nullable Instant submitted,
      @Nullable Instant started,
      @Nullable Instant ended,
      java.time.@Nullable Duration wallTimeSeconds,
      @Nullable List<String> nodes) {}

  static void print(SweepRun run, SweepStatus status, PrintWriter out) {
    Json.print(of(run, status, true), out);
  }

  static Told of(SweepRun run, SweepStatus status, boolean withTasks) {
    Map<String, Integer> states = new LinkedHashMap<>();
    for (TaskState state : TaskState.values()) {
      states.put(state.toString(), status.count(state));
    }
    return new Told(
        run.id(),
        run.folder().toString(),
        run.backends(),
        run.created(),
        run.count(),
        states,
        withTasks ? tasks(status) : null);
  }

  private static List<Task> tasks(SweepStatus status) {
    List<Task> tasks = new ArrayList<>();
    for (int task = 1; task <= status.size(); task++) {
      JobInfo info = status.info(task);
      tasks.add(
          info == null
              ? new Task(
                  task, status.state(task), null, null, null, null, null, null, null, null, null)
              : new Task(
                  task,
                  status.state(task),
                  info.exitCode(),
                  info.signal(),
                  info.cause(),
                  info.reason(),
                  info.submitted(),
                  info.started(),
                  info.ended(),
                  info.wallTime(),
                  info.nodes()));
    }
    return tasks;
  }
}
