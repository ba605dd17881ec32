// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.cli.ExitStatus;
import java.util.List;
import java.util.Locale;

/** How a job ended, as an exit status and in words. */
final class JobEnd {
  private static final int SIGNALLED = 128;
  private static final int FEW = 3;

  private JobEnd() {}

  /** The exit status of a command that waited for one job. */
  static int status(JobInfo info) {
    Integer code = info.exitCode();
    Integer signal = info.signal();
    if (info.state() == JobState.COMPLETED) {
      return ExitStatus.OK;
    }
    if (info.state() == JobState.CANCELLED) {
      return ExitStatus.INTERRUPTED;
    }
    if (info.cause() == Cause.TIMEOUT) {
      return ExitStatus.TIMED_OUT;
    }
    if (signal != null) {
      return SIGNALLED + signal;
    }
    boolean isLost = info.state() != JobState.FAILED;
    return isLost || code == null || code == 0 ? ExitStatus.PROBLEM : code;
  }

  /** The exit status for one job; an array counts as several. */
  static int status(JobReport report) {
    return report.array() == null ? status(report.info()) : status(List.of(report));
  }

  /** The exit status for several jobs. */
  static int status(List<JobReport> reports) {
    boolean all = reports.stream().allMatch(r -> r.info().state() == JobState.COMPLETED);
    return all ? ExitStatus.OK : ExitStatus.PROBLEM;
  }

  /** Such as {@code shell:42 failed: exit status 3}; of an array which elements did. */
  static String sentence(JobReport report) {
    List<JobReport> bad = report.elements().stream()
        .filter(e -> e.info().state().isFinal() && e.info().state() != JobState.COMPLETED)
        .toList();
    if (bad.isEmpty()) {
      return report.id() + " " + words(report.info());
    }
    StringBuilder line = new StringBuilder(report.id().toString());
    line.append(": ").append(bad.size()).append(" of ").append(report.elements().size());
    line.append(bad.size() == 1 ? " element has not completed" : " elements have not completed");
    String joint = ": ";
    for (JobReport element : bad.subList(0, Math.min(FEW, bad.size()))) {
      line.append(joint).append(element.id().nativeId().index()).append(' ');
      line.append(words(element.info()));
      joint = "; ";
    }
    return line.append(bad.size() > FEW ? " …" : "").toString();
  }

  /** Such as {@code failed: exit status 3}. */
  static String words(JobInfo info) {
    String state = info.state().name().toLowerCase(Locale.ROOT);
    String how = how(info);
    String reason = info.reason();
    String why = reason == null || reason.isBlank() ? "" : " (" + ShortIds.in(reason) + ")";
    return state + (how.isEmpty() ? "" : ": " + how) + why;
  }

  private static String how(JobInfo info) {
    Cause cause = info.cause();
    if (cause == null) {
      return "";
    }
    return switch (cause) {
      case EXIT_CODE -> info.exitCode() == null ? "exit status" : "exit status " + info.exitCode();
      case SIGNAL -> info.signal() == null ? "signal" : Signals.name(info.signal());
      case OUT_OF_MEMORY -> "out of memory";
      case TIMEOUT -> "timeout";
      case NODE_FAIL -> "node failure";
      case PREEMPTED -> "preempted";
      case LAUNCH -> "not started";
      case DEPENDENCY -> "dependency";
      case STAGING -> "staging of files";
    };
  }
}
