// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.cli.output.OneLine;
import io.hpclaunch.cli.output.Spans;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A sweep for people: counts, a bar, throughput, the time left, what runs and what failed. */
final class SweepView {
  private static final int SHOWN = 5;

  /** Throughput is that of the last minutes. */
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private SweepView() {}

  static void print(SweepRun run, SweepStatus status, Instant now, PrintWriter out) {
    out.println("Sweep " + run.id() + " on " + String.join(", ", run.backends()) + ", "
        + status.size() + (status.size() == 1 ? " task" : " tasks"));
    out.println(Spans.bar(status.ended(), status.size()));
    out.println(counts(status));
    speed(status, now, out);
    running(status, now, out);
    failures(run, status, out);
  }

  /** Such as {@code completed 3, failed 1}. */
  static String counts(SweepStatus status) {
    List<String> counts = new ArrayList<>();
    for (TaskState state : TaskState.values()) {
      if (status.count(state) > 0) {
        counts.add(state + " " + status.count(state));
      }
    }
    return String.join(", ", counts);
  }

  /** Of a sweep that goes on that of the last minutes, of one that has ended that of all. */
  private static void speed(SweepStatus status, Instant now, PrintWriter out) {
    boolean active = status.isActive();
    Instant from = active ? now.minus(WINDOW) : Instant.MIN;
    Instant first = now;
    Instant last = Instant.MIN;
    int ended = 0;
    for (int task = 1; task <= status.size(); task++) {
      JobInfo info = status.info(task);
      if (info != null && info.started() != null && info.started().isBefore(first)) {
        first = info.started();
      }
      if (info != null && info.ended() != null && info.ended().isAfter(from)) {
        last = info.ended().isAfter(last) ? info.ended() : last;
        ended++;
      }
    }
    Instant to = active ? now : last;
    if (ended == 0 || !to.isAfter(first)) {
      return;
    }
    int left = status.count(TaskState.PENDING) + status.count(TaskState.RUNNING);
    String pace =
        Spans.pace("tasks", ended, Duration.between(first.isAfter(from) ? first : from, to), left);
    if (!pace.isEmpty()) {
      out.println(pace);
    }
  }

  private static void running(SweepStatus status, Instant now, PrintWriter out) {
    int[] shown = {0};
    status.tasks(TaskState.RUNNING).forEach(task -> {
      JobInfo info = status.info(task);
      if (info != null && shown[0]++ < SHOWN) {
        String where = info.nodes() == null ? "" : " on " + String.join(" ", info.nodes());
        String since = info.started() == null
            ? ""
            : " for " + Spans.words(Duration.between(info.started(), now));
        out.println("running  task " + task + where + since);
      }
    });
    more(shown[0], "running", out);
  }

  private static void more(int count, String what, PrintWriter out) {
    if (count > SHOWN) {
      out.println(what + "  … and " + (count - SHOWN) + " more");
    }
  }

  private static void failures(SweepRun run, SweepStatus status, PrintWriter out) {
    List<Integer> failed = new ArrayList<>();
    status.tasks(TaskState.FAILED, TaskState.LOST).forEach(failed::add);
    failed.sort(Comparator.comparing((Integer task) -> ended(status, task)).reversed());
    for (int task : failed.subList(0, Math.min(SHOWN, failed.size()))) {
      JobInfo info = status.info(task);
      String code =
          info == null || info.exitCode() == null ? "" : ", exit status " + info.exitCode();
      out.println(OneLine.of(
          status.state(task) + "   task " + task + code + "  " + run.lastLine(status, task)));
    }
    more(failed.size(), "failed", out);
  }

  private static Instant ended(SweepStatus status, int task) {
    JobInfo info = status.info(task);
    return info == null || info.ended() == null ? Instant.EPOCH : info.ended();
  }
}
