// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.Table;
import io.hpclaunch.operator.Attempt;
import io.hpclaunch.operator.RunStatus;
import io.hpclaunch.operator.TaskState;
import io.hpclaunch.operator.TaskStatus;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where runs and their tasks stand, for people and for programs. */
final class RunReport {
  private RunReport() {}

  static void print(RunStatus run, PrintWriter out) {
    Table table = new Table("TASK", "STATE", "ATTEMPT", "BACKEND", "JOB", "HOW");
    for (TaskStatus task : run.tasks()) {
      Attempt attempt = task.attempt();
      table.row(
          task.task(),
          task.state().label(),
          attempt.number(),
          attempt.backend(),
          attempt.job() == null ? null : attempt.job().nativeId(),
          how(task));
    }
    table.print(out);
  }

  private static @Nullable String how(TaskStatus task) {
    String words = task.words();
    int behind = task.state().label().length();
    String how = words.length() > behind ? words.substring(behind).replaceFirst("^: | ", "") : null;
    boolean awaits = task.state().isFinal() && task.attempt().awaitsCollection();
    if (!awaits) {
      return how;
    }
    return how == null ? "not collected yet" : how + "; not collected yet";
  }

  static List<Map<String, @Nullable Object>> objects(RunStatus run) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    run.tasks().forEach(task -> all.add(object(run, task)));
    return all;
  }

  private static Map<String, @Nullable Object> object(RunStatus run, TaskStatus task) {
    Attempt attempt = task.attempt();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", run.run());
    json.put("task_id", task.task());
    json.put("id", attempt.job() == null ? null : attempt.job().toString());
    json.put("backend", attempt.backend());
    json.put("state", task.state());
    json.put("exit_code", attempt.exitCode());
    json.put("signal", attempt.signal());
    json.put("cause", task.cause());
    json.put("reason", task.reason());
    json.put("attempt", attempt.number());
    json.put("submitted", attempt.submitted());
    json.put("started", attempt.started());
    json.put("ended", task.state().isFinal() ? attempt.ended() : null);
    json.put("collected", attempt.collected());
    json.put("directory", attempt.directory());
    json.put("results", results(run, task).toString());
    json.put("allow_failure", task.allowFailure());
    return json;
  }

  private static Path results(RunStatus run, TaskStatus task) {
    return run.folder()
        .resolve("tasks")
        .resolve(task.task())
        .resolve("attempts")
        .resolve(Integer.toString(task.attempt().number()))
        .resolve("results");
  }

  static void print(List<RunStatus> runs, boolean json, PrintWriter out) {
    if (json) {
      Json.print(runs.stream().map(RunReport::object).toList(), out);
      return;
    }
    Table table = new Table("RUN", "TASKS", "STANDING");
    runs.forEach(run -> table.row(run.run(), run.tasks().size(), run.words()));
    table.print(out);
  }

  private static Map<String, @Nullable Object> object(RunStatus run) {
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("run", run.run());
    json.put("folder", run.folder().toString());
    json.put("created", run.created());
    json.put("tasks", run.tasks().size());
    Map<String, @Nullable Object> states = new LinkedHashMap<>();
    for (Map.Entry<TaskState, Integer> each : run.counts().entrySet()) {
      states.put(each.getKey().label(), each.getValue());
    }
    json.put("states", states);
    json.put("is_over", run.isOver());
    json.put("is_well", run.isWell());
    return json;
  }
}
