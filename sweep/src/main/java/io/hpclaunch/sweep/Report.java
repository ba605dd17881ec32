// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.core.report.TaskPage;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page about a sweep. Where it would be too large, details are left out step by step, and the
 * page says so.
 */
final class Report {
  /** The largest page, in bytes. */
  static final int LARGEST = TaskPage.LARGEST;

  private static final int SHORT_TEXT = 24;
  private static final int FEW_DIGITS = 6;
  private static final int MANY_VALUES = 10_000;

  private final SweepRun run;
  private final SweepStatus status;
  private final Results results;
  private final List<FailureGroup> failures;
  private final @Nullable String metric;

  private Report(
      SweepRun run,
      SweepStatus status,
      Results results,
      List<FailureGroup> failures,
      @Nullable String metric) {
    this.run = run;
    this.status = status;
    this.results = results;
    this.failures = failures;
    this.metric = metric;
  }

  /** How much is told, from everything to the least. */
  private enum Detail {
    ALL,
    FEW_DIGITS,
    SHORT_TEXTS,
    ONE_METRIC,
    FEW_VALUES
  }

  static void write(
      SweepRun run,
      SweepStatus status,
      Results results,
      List<FailureGroup> failures,
      @Nullable String metric,
      Path file) {
    if (metric != null && !results.metrics().contains(metric)) {
      throw new InvalidConfiguration("no task measured '" + metric + "'; there are: "
          + (results.metrics().isEmpty() ? "none" : String.join(", ", results.metrics())));
    }
    Report report = new Report(run, status, results, failures, metric);
    try {
      Files.write(file, report.page());
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be written: " + StateFolder.words(e), e);
    }
  }

  private byte[] page() throws IOException {
    byte[] page = new byte[0];
    for (Detail detail : Detail.values()) {
      page = page(detail).render();
      if (page.length <= LARGEST) {
        return page;
      }
    }
    throw new InvalidConfiguration("the page would have " + page.length + " bytes, more than "
        + LARGEST + ": 'hpc sweep collect' writes the table");
  }

  private TaskPage page(Detail detail) {
    List<TaskPage.Task> tasks = new ArrayList<>();
    for (int task = 1; task <= status.size(); task++) {
      tasks.add(task(task));
    }
    TaskPage page = new TaskPage(
            "Sweep", run.id(), String.join(", ", run.backends()), run.created())
        .tasks(Arrays.stream(TaskState.values()).map(TaskState::toString).toList(), tasks, 1)
        .failures(failures.stream().map(Report::failure).toList())
        .with("params", parameters(detail))
        .with("metrics", metrics(detail));
    return detail == Detail.ALL ? page : page.isShortened();
  }

  private TaskPage.Task task(int number) {
    String state = status.state(number).toString();
    JobInfo info = status.info(number);
    if (info == null) {
      return new TaskPage.Task(state, null, null, null, null);
    }
    List<String> nodes = info.nodes();
    String node = nodes == null || nodes.isEmpty() ? null : nodes.get(0);
    return new TaskPage.Task(state, info.started(), info.ended(), info.exitCode(), node);
  }

  private static TaskPage.Failure failure(FailureGroup group) {
    return new TaskPage.Failure(
        group.how(), group.tasks().size(), group.tasks().toString(), group.lastLines());
  }

  /** Of each parameter the distinct texts, and for each task which of them. */
  private JsonArray parameters(Detail detail) {
    JsonArray all = new JsonArray();
    for (String name : results.parameters()) {
      Map<String, Integer> texts = new LinkedHashMap<>();
      JsonArray places = new JsonArray();
      for (Combination each : run.sweep().combinations()) {
        Value value = each.params().get(name);
        String text = value == null ? "" : shortened(value, detail);
        places.add(texts.computeIfAbsent(text, known -> texts.size()));
      }
      if (detail != Detail.FEW_VALUES || texts.size() <= MANY_VALUES) {
        JsonObject parameter = new JsonObject();
        parameter.addProperty("name", name);
        parameter.add("texts", Jsons.array(new ArrayList<>(texts.keySet())));
        parameter.add("places", places);
        all.add(parameter);
      }
    }
    return all;
  }

  private static String shortened(Value value, Detail detail) {
    String text = value.text();
    if (detail == Detail.ALL) {
      return text;
    }
    if (value instanceof Value.Scalar scalar && scalar.isFinite()) {
      return digits(new BigDecimal(String.valueOf(Numbers.decimal(text))));
    }
    boolean keep = detail == Detail.FEW_DIGITS || text.length() <= SHORT_TEXT;
    return keep ? text : text.substring(0, SHORT_TEXT) + "…";
  }

  private static String digits(BigDecimal number) {
    return Numbers.python(number.round(new MathContext(FEW_DIGITS)).doubleValue());
  }

  /** Those that are numbers. */
  private JsonArray metrics(Detail detail) {
    JsonArray all = new JsonArray();
    List<String> names = new ArrayList<>();
    if (metric != null) {
      names.add(metric);
    }
    results.metrics().stream().filter(name -> !name.equals(metric)).forEach(names::add);
    Map<Integer, Results.Row> rows = new HashMap<>();
    results.rows().forEach(row -> rows.put(row.task(), row));
    for (String name : names) {
      JsonArray values = new JsonArray();
      boolean any = false;
      for (int task = 1; task <= status.size(); task++) {
        Results.Row row = rows.get(task);
        BigDecimal number = row == null ? null : number(row.metrics().get(name));
        any |= number != null;
        values.add(
            number == null || detail == Detail.ALL
                ? number
                : new BigDecimal(number.round(new MathContext(FEW_DIGITS)).toString()));
      }
      boolean room = detail.compareTo(Detail.ONE_METRIC) < 0 || all.isEmpty();
      if (any && room) {
        JsonObject one = new JsonObject();
        one.addProperty("name", name);
        one.add("values", values);
        all.add(one);
      }
    }
    return all;
  }

  private static @Nullable BigDecimal number(@Nullable Value value) {
    return value instanceof Value.Scalar scalar && scalar.isFinite()
        ? Numbers.decimal(scalar.text())
        : null;
  }
}
