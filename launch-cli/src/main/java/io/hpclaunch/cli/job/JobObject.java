// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.MemorySize;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Jobs as programs read them; the keys are a promise to those. */
final class JobObject {
  private static final double SECONDS_PER_HOUR = 3600;
  private static final double MILLION = 1e6;

  private JobObject() {}

  /** An object for a job; for each element, in place of an array. */
  static List<Map<String, @Nullable Object>> each(JobReport report) {
    return report.array() == null
        ? List.of(of(report))
        : report.elements().stream().map(JobObject::of).toList();
  }

  /** The object of a job, of a whole array, or, with its index, of an element. */
  static Map<String, @Nullable Object> of(JobReport report) {
    JobInfo info = report.info();
    Map<String, @Nullable Object> job = new LinkedHashMap<>();
    job.put("id", report.id().toString());
    job.put("backend", report.id().backend());
    job.put("name", report.name());
    job.put("state", info.state());
    job.put("exit_code", info.exitCode());
    job.put("signal", info.signal());
    job.put("cause", info.cause());
    job.put("reason", info.reason());
    job.put("native_state", info.nativeState());
    job.put("submitted", report.submitted());
    job.put("started", info.started());
    job.put("ended", info.ended());
    job.put("wall_time_seconds", info.wallTime());
    job.put("cpu_hours", hours(info.cpuTime()));
    job.put("peak_memory_gb", gigabytes(info.peakMemory()));
    job.put("nodes", info.nodes());
    job.put("attempt", info.attempt());
    job.put("stdout", report.stdout());
    job.put("stderr", report.stderr());
    if (report.id().nativeId().index() != null) {
      job.put("array_index", report.id().nativeId().index());
    }
    return job;
  }

  static @Nullable Double hours(@Nullable Duration time) {
    return time == null ? null : rounded(time.toMillis() / 1000.0 / SECONDS_PER_HOUR);
  }

  static @Nullable Double gigabytes(@Nullable Long bytes) {
    return bytes == null ? null : rounded((double) bytes / MemorySize.GIB);
  }

  static double rounded(double value) {
    return Math.round(value * MILLION) / MILLION;
  }
}
