// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.core.config.StateFolder;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A page about a sweep: one file, with its data as columns of small numbers, and a script that
 * draws them. Where that would be too large, details are left out step by step, and the page says
 * so.
 */
final class Report {
  /** The largest page, in bytes. */
  static final int LARGEST = 20_000_000;

  private static final String DATA = "@DATA@";
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
    String template = template();
    byte[] page = new byte[0];
    for (Detail detail : Detail.values()) {
      String data = data(detail).toString().replace("<", "\\u003c");
      page = template.replace(DATA, data).getBytes(StandardCharsets.UTF_8);
      if (page.length <= LARGEST) {
        return page;
      }
    }
    throw new InvalidConfiguration("the page would have " + page.length + " bytes, more than "
        + LARGEST + ": 'hpc sweep collect' writes the table");
  }

  private static String template() throws IOException {
    try (InputStream in = Report.class.getResourceAsStream("report.html")) {
      if (in == null) {
        throw new IOException("report.html is missing in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private JsonObject data(Detail detail) {
    JsonObject data = new JsonObject();
    data.addProperty("id", run.id());
    data.addProperty("backends", String.join(", ", run.backends()));
    data.addProperty("created", run.created().getEpochSecond());
    data.addProperty("written", Instant.now().getEpochSecond());
    data.addProperty("left", detail == Detail.ALL ? "" : detail.name());
    List<TaskState> order = List.of(TaskState.values());
    JsonArray names = new JsonArray();
    order.forEach(state -> names.add(state.toString()));
    data.add("stateNames", names);
    StringBuilder states = new StringBuilder();
    for (int task = 1; task <= status.size(); task++) {
      states.append(order.indexOf(status.state(task)));
    }
    data.addProperty("states", states.toString());
    times(data);
    data.add("params", parameters(detail));
    data.add("metrics", metrics(detail));
    data.add("failures", failures());
    return data;
  }

  /** Seconds since the first time that is known. */
  private void times(JsonObject data) {
    Instant first = run.created();
    JsonArray starts = new JsonArray();
    JsonArray ends = new JsonArray();
    JsonArray nodes = new JsonArray();
    JsonArray codes = new JsonArray();
    Map<String, Integer> known = new LinkedHashMap<>();
    for (int task = 1; task <= status.size(); task++) {
      JobInfo info = status.info(task);
      seconds(starts, info == null ? null : info.started(), first);
      seconds(ends, info == null ? null : info.ended(), first);
      codes.add(info == null ? null : info.exitCode());
      boolean placed = info != null && info.nodes() != null && !info.nodes().isEmpty();
      nodes.add(placed ? known.computeIfAbsent(node(info), name -> known.size()) : null);
    }
    JsonArray nodeNames = new JsonArray();
    known.keySet().forEach(nodeNames::add);
    data.add("starts", starts);
    data.add("ends", ends);
    data.add("codes", codes);
    data.add("nodes", nodes);
    data.add("nodeNames", nodeNames);
  }

  private static String node(@Nullable JobInfo info) {
    List<String> nodes = info == null ? null : info.nodes();
    return nodes == null || nodes.isEmpty() ? "" : nodes.get(0);
  }

  private static void seconds(JsonArray to, @Nullable Instant time, Instant first) {
    if (time == null) {
      to.add((Number) null);
      return;
    }
    long millis = time.toEpochMilli() - first.toEpochMilli();
    BigDecimal seconds = BigDecimal.valueOf(Math.round(millis / 100.0), 1).stripTrailingZeros();
    to.add(new BigDecimal(seconds.toPlainString()));
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

  private JsonArray failures() {
    JsonArray all = new JsonArray();
    for (FailureGroup group : failures) {
      JsonObject one = new JsonObject();
      one.addProperty("how", group.how());
      one.addProperty("count", group.tasks().size());
      one.addProperty("tasks", group.tasks().toString());
      one.add("lines", Jsons.array(group.lastLines()));
      all.add(one);
    }
    return all;
  }
}
