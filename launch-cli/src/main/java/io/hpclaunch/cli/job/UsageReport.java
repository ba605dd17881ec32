// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Walltimes;
import io.hpclaunch.cli.output.Csv;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.Sizes;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How well jobs used what was kept for them: for people, and for programs. */
final class UsageReport {
  private static final String INDEX = "array_index";

  private final List<Row> rows;

  /**
   * Makes a report.
   *
   * @param jobs jobs, arrays as a whole, or elements
   */
  UsageReport(List<JobReport> jobs) {
    rows = jobs.stream().map(job -> new Row(job, usage(job))).toList();
  }

  private record Row(JobReport job, Usage usage) {}

  /**
   * Of an array all elements together; what the array itself spans, nobody was kept waiting for.
   */
  private static Usage usage(JobReport job) {
    if (job.array() == null) {
      return Usage.of(job.info(), job.submitted());
    }
    return Usage.sum(job.elements().stream()
        .map(element -> Usage.of(element.info(), element.submitted()))
        .toList());
  }

  void printTable(PrintWriter out) {
    Table table = new Table(
        "ID",
        "NAME",
        "STATE",
        "WAITED",
        "TIME",
        "CPUS",
        "CPU TIME",
        "RESERVED",
        "CPU EFF",
        "CPU HOURS",
        "MEMORY",
        "RESERVED",
        "MEM EFF");
    JobTable names = new JobTable(rows.stream().map(Row::job).toList(), Instant.EPOCH);
    Map<String, List<Row>> byBackend = new LinkedHashMap<>();
    for (Row row : rows) {
      JobReport job = row.job();
      line(table, names.id(job.id()), job.name(), JobTable.state(job), row.usage());
      byBackend.computeIfAbsent(job.id().backend(), name -> new ArrayList<>()).add(row);
    }
    if (byBackend.size() > 1) {
      byBackend.forEach((backend, some) -> sum(table, backend, some));
    }
    if (rows.size() > 1) {
      sum(table, "total", rows);
    }
    table.print(out);
  }

  private static void sum(Table table, String name, List<Row> rows) {
    long jobs =
        rows.stream().map(row -> row.job().id().nativeId().whole()).distinct().count();
    String count = jobs == 1 ? "1 job" : jobs + " jobs";
    line(table, name, count, null, Usage.sum(rows.stream().map(Row::usage).toList()));
  }

  private static void line(
      Table table, String id, @Nullable String name, @Nullable String state, Usage usage) {
    table.row(
        id,
        name,
        state,
        time(usage.waited()),
        time(usage.wallTime()),
        usage.cpus(),
        time(usage.cpuTime()),
        time(usage.cpuReserved()),
        percent(usage.cpuShare()),
        hours(usage.cpuTime()),
        size(usage.peakMemory()),
        size(usage.memory()),
        percent(usage.memoryShare()));
  }

  private static @Nullable String time(@Nullable Duration time) {
    return time == null ? null : Walltimes.format(Duration.ofSeconds(time.toSeconds()));
  }

  private static @Nullable String percent(Usage.Share share) {
    Double ratio = share.ratio();
    return ratio == null ? null : String.format(Locale.ROOT, "%.1f%%", ratio * 100);
  }

  private static @Nullable String hours(@Nullable Duration time) {
    Double hours = JobObject.hours(time);
    return hours == null ? null : String.format(Locale.ROOT, "%.3f", hours);
  }

  private static @Nullable String size(@Nullable Long bytes) {
    return bytes == null ? null : Sizes.size(bytes);
  }

  void printJson(PrintWriter out) {
    Json.print(rows.stream().map(UsageReport::object).toList(), out);
  }

  /** The same columns whatever the jobs, so that reports can be put together. */
  void printCsv(PrintWriter out) {
    List<String> heads = new ArrayList<>(List.of(
        "id",
        "backend",
        "name",
        "state",
        "exit_code",
        "signal",
        "cause",
        "reason",
        "native_state",
        "submitted",
        "started",
        "ended",
        "wall_time_seconds",
        "cpu_hours",
        "peak_memory_gb",
        "nodes",
        "attempt",
        "stdout",
        "stderr",
        "cpus_reserved",
        "cpu_efficiency",
        "memory_reserved_gb",
        "memory_efficiency",
        "waiting_seconds",
        INDEX));
    Csv.print(heads, out);
    for (Row row : rows) {
      Map<String, @Nullable Object> object = object(row);
      List<@Nullable Object> cells = new ArrayList<>();
      heads.forEach(head -> cells.add(object.get(head)));
      Csv.print(cells, out);
    }
  }

  private static Map<String, @Nullable Object> object(Row row) {
    Usage usage = row.usage();
    Map<String, @Nullable Object> object = JobObject.of(row.job());
    Object index = object.remove(INDEX);
    object.put("wall_time_seconds", usage.wallTime());
    object.put("cpu_hours", JobObject.hours(usage.cpuTime()));
    object.put("peak_memory_gb", JobObject.gigabytes(usage.peakMemory()));
    object.put("cpus_reserved", usage.cpus());
    object.put("cpu_efficiency", ratio(usage.cpuShare()));
    object.put("memory_reserved_gb", JobObject.gigabytes(usage.memory()));
    object.put("memory_efficiency", ratio(usage.memoryShare()));
    object.put("waiting_seconds", usage.waited());
    if (index != null) {
      object.put(INDEX, index);
    }
    return object;
  }

  private static @Nullable Double ratio(Usage.Share share) {
    Double ratio = share.ratio();
    return ratio == null ? null : Double.valueOf(JobObject.rounded(ratio));
  }
}
