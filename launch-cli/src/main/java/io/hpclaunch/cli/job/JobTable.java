// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobId;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.Walltimes;
import io.hpclaunch.cli.output.Table;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs as people read them: a line for each, one for a whole array. */
final class JobTable {
  private final Instant now;
  private final Map<String, Integer> beginnings = new HashMap<>();

  JobTable(List<JobReport> jobs, Instant now) {
    this.now = now;
    jobs.stream()
        .map(job -> job.id().nativeId().value())
        .distinct()
        .forEach(id -> beginnings.merge(ShortIds.beginning(id), 1, Integer::sum));
  }

  static void print(List<JobReport> jobs, Instant now, PrintWriter out) {
    JobTable rows = new JobTable(jobs, now);
    Table table = new Table("ID", "NAME", "STATE", "EXIT", "SUBMITTED", "TIME", "NODES", "REASON");
    for (JobReport job : jobs) {
      JobInfo info = job.info();
      table.row(
          rows.id(job.id()),
          job.name(),
          state(job),
          exit(info),
          Times.shown(job.submitted()),
          rows.time(info),
          nodes(info.nodes()),
          info.reason() == null ? null : ShortIds.in(info.reason()));
    }
    table.print(out);
  }

  /** A UUID by its beginning, where no other job shown has the same. */
  String id(JobId id) {
    String value = id.nativeId().value();
    String whole = id.toString();
    String beginning = ShortIds.beginning(value);
    return beginnings.getOrDefault(beginning, 0) > 1 ? whole : whole.replace(value, beginning);
  }

  static String state(JobReport job) {
    JobInfo info = job.info();
    String cause = info.cause() == null ? "" : " " + lower(info.cause());
    return info.state() + cause + counts(job.states());
  }

  /** Such as {@code 3/100 done, 1 failed}. */
  private static String counts(Map<JobState, Integer> counts) {
    if (counts.isEmpty()) {
      return "";
    }
    int all = counts.values().stream().mapToInt(Integer::intValue).sum();
    int done = counts.entrySet().stream()
        .filter(e -> e.getKey().isFinal())
        .mapToInt(Map.Entry::getValue)
        .sum();
    StringBuilder text = new StringBuilder(" " + done + "/" + all + " done");
    for (JobState bad : List.of(JobState.FAILED, JobState.CANCELLED, JobState.LOST)) {
      int count = counts.getOrDefault(bad, 0);
      text.append(count == 0 ? "" : ", " + count + " " + lower(bad));
    }
    return text.toString();
  }

  private static @Nullable String exit(JobInfo info) {
    if (info.signal() != null) {
      return "signal " + info.signal();
    }
    return info.exitCode() == null ? null : info.exitCode().toString();
  }

  private @Nullable String time(JobInfo info) {
    Duration time = info.wallTime();
    Instant started = info.started();
    if (time == null && started != null && !info.state().isFinal() && started.isBefore(now)) {
      time = Duration.between(started, now);
    }
    return time == null ? null : Walltimes.format(Duration.ofSeconds(time.toSeconds()));
  }

  static @Nullable String nodes(@Nullable List<String> nodes) {
    if (nodes == null || nodes.isEmpty()) {
      return null;
    }
    return nodes.get(0) + (nodes.size() == 1 ? "" : " and " + (nodes.size() - 1) + " more");
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
