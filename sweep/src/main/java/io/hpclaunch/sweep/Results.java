// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.sweep;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.hpclaunch.api.InvalidConfiguration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What tasks measured: a table with a row for each task that has begun, its parameters, and the
 * metrics that it wrote.
 *
 * @param parameters names of the parameters
 * @param metrics names of the metrics
 * @param rows the tasks in order
 * @param problems a line for each file that could not be read
 * @since 0.1
 */
public record Results(
    List<String> parameters, List<String> metrics, List<Row> rows, List<String> problems) {
  /** The files that are looked for where none is named. */
  public static final List<String> FILES =
      List.of("metrics.json", "results.json", "metrics.csv", "results.csv");

  private static final Value NULL = new Value.Scalar(Value.Kind.NULL, "null");
  private static final long LARGEST = 16L << 20;

  /** Copies the lists. */
  public Results {
    parameters = List.copyOf(parameters);
    metrics = List.copyOf(metrics);
    rows = List.copyOf(rows);
    problems = List.copyOf(problems);
  }

  /**
   * One task.
   *
   * @param task its number
   * @param state where it stands
   * @param params its parameters
   * @param metrics what it measured: values by name
   */
  public record Row(
      int task, TaskState state, Map<String, Value> params, Map<String, Value> metrics) {}

  static Results of(Sweep sweep, SweepStatus status, IntFunction<Path> folder, List<String> files) {
    for (String file : files) {
      if (file.isEmpty() || file.startsWith("/") || List.of(file.split("/", -1)).contains("..")) {
        throw new InvalidConfiguration("'" + file + "' is no file in a task's folder");
      }
    }
    Set<String> metrics = new LinkedHashSet<>();
    List<Row> rows = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (int task = 1; task <= status.size(); task++) {
      if (status.state(task) == TaskState.MISSING || status.state(task) == TaskState.PENDING) {
        continue;
      }
      Map<String, Value> found = new LinkedHashMap<>();
      for (String file : files) {
        read(folder.apply(task).resolve(file), found, problems);
      }
      metrics.addAll(found.keySet());
      rows.add(
          new Row(task, status.state(task), sweep.combinations().get(task - 1).params(), found));
    }
    return new Results(sweep.parameters(), List.copyOf(metrics), rows, problems);
  }

  private static void read(Path file, Map<String, Value> found, List<String> problems) {
    try {
      if (!Files.isRegularFile(file)) {
        return;
      }
      if (Files.size(file) > LARGEST) {
        problems.add(file + " is larger than " + (LARGEST >> 20) + " MiB: passed over");
      } else if (file.toString().endsWith(".csv")) {
        Csv.lastRow(Files.readString(file)).forEach((name, cell) -> found.put(name, cell));
      } else {
        flatten("", JsonParser.parseString(Files.readString(file)), found);
      }
    } catch (NoSuchFileException e) {
      // it was removed meanwhile
    } catch (IOException | JsonParseException e) {
      problems.add(file + " cannot be read: "
          + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  /**
   * Nested objects get dotted names; of a list of objects, such as one per epoch, the last counts.
   */
  private static void flatten(String name, JsonElement json, Map<String, Value> found) {
    if (json.isJsonObject()) {
      JsonObject object = json.getAsJsonObject();
      object
          .entrySet()
          .forEach(each -> flatten(
              name.isEmpty() ? each.getKey() : name + "." + each.getKey(), each.getValue(), found));
    } else if (json.isJsonArray()) {
      JsonArray array = json.getAsJsonArray();
      if (!array.isEmpty() && array.get(array.size() - 1).isJsonObject()) {
        flatten(name, array.get(array.size() - 1), found);
      } else if (!name.isEmpty()) {
        found.put(name, Jsons.value(array));
      }
    } else if (!name.isEmpty()) {
      found.put(name, Jsons.value(json));
    }
  }

  /**
   * Prints the table as CSV (RFC 4180). A metric with the name of a parameter has {@code metric.}
   * before it.
   *
   * @param out where to
   */
  public void printCsv(PrintWriter out) {
    List<String> heads = new ArrayList<>(List.of("task", "state"));
    heads.addAll(parameters);
    metrics.forEach(metric -> heads.add(column(metric)));
    Csv.print(heads, out);
    for (Row row : rows) {
      List<String> cells =
          new ArrayList<>(List.of(Integer.toString(row.task()), row.state().toString()));
      parameters.forEach(name -> cells.add(text(row.params().get(name))));
      metrics.forEach(name -> cells.add(text(row.metrics().get(name))));
      Csv.print(cells, out);
    }
  }

  /** The column of a metric. */
  String column(String metric) {
    boolean taken = parameters.contains(metric) || metric.equals("task") || metric.equals("state");
    return taken ? "metric." + metric : metric;
  }

  private static String text(@Nullable Value cell) {
    return cell == null || cell.equals(NULL) ? "" : cell.text();
  }

  /**
   * Prints the table as JSON: a list with an object for each task.
   *
   * @param out where to
   */
  public void printJson(PrintWriter out) {
    out.print("[");
    String joint = "\n";
    for (Row row : rows) {
      String measured = new Combination(row.task(), row.metrics()).json();
      out.print(joint + "{\"task\": " + row.task() + ", \"state\": \"" + row.state()
          + "\", \"params\": " + new Combination(row.task(), row.params()).json()
          + ", \"metrics\": " + measured + "}");
      joint = ",\n";
    }
    out.println("\n]");
  }
}
