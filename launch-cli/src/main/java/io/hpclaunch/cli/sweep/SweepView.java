// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.sweep;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.cli.output.OneLine;
import io.hpclaunch.sweep.SweepRun;
import io.hpclaunch.sweep.SweepStatus;
import io.hpclaunch.sweep.TaskState;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A sweep for people: counts, a bar, throughput, the time left, what runs and what failed. */
final class SweepView {
  private static final int BAR = 40;
  private static final int SHOWN = 5;

  /** Throughput is that of the last minutes. */
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private SweepView() {}

  static void print(SweepRun run, SweepStatus status, Instant now, PrintWriter out) {
    out.println("Sweep " + run.id() + " on " + String.join(", ", run.backends()) + ", "
        + status.size() + (status.size() == 1 ? " task" : " tasks"));
    int ended = status.ended();
    int filled = (int) ((long) BAR * ended / status.size());
    out.println("[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + ended + " of "
        + status.size() + " ended");
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

  private static void speed(SweepStatus status, Instant now, PrintWriter out) {
    Instant from = now.minus(WINDOW);
    Instant first = now;
    int ended = 0;
    for (int task = 1; task <= status.size(); task++) {
      JobInfo info = status.info(task);
      if (info != null && info.started() != null && info.started().isBefore(first)) {
        first = info.started();
      }
      if (info != null && info.ended() != null && info.ended().isAfter(from)) {
        ended++;
      }
    }
    double minutes =
        Duration.between(first.isAfter(from) ? first : from, now).toMillis() / 60_000.0;
    if (ended == 0 || minutes <= 0) {
      return;
    }
    double each = ended / minutes;
    int left = status.count(TaskState.PENDING) + status.count(TaskState.RUNNING);
    String rest = left == 0
        ? ""
        : ", about " + words(Duration.ofSeconds(Math.round(left / each * 60))) + " left";
    out.println(String.format(Locale.ROOT, "%.1f tasks a minute%s", each, rest));
  }

  private static void running(SweepStatus status, Instant now, PrintWriter out) {
    int[] shown = {0};
    status.tasks(TaskState.RUNNING).forEach(task -> {
      JobInfo info = status.info(task);
      if (info != null && shown[0]++ < SHOWN) {
        String where = info.nodes() == null ? "" : " on " + String.join(" ", info.nodes());
        String since =
            info.started() == null ? "" : " for " + words(Duration.between(info.started(), now));
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
      out.println(
          OneLine.of(status.state(task) + "   task " + task + code + "  " + run.lastLine(task)));
    }
    more(failed.size(), "failed", out);
  }

  private static Instant ended(SweepStatus status, int task) {
    JobInfo info = status.info(task);
    return info == null || info.ended() == null ? Instant.EPOCH : info.ended();
  }

  /** Such as {@code 2 h 5 min}. */
  static String words(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
  }
}
