// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import io.hpclaunch.api.JobInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one job used of what was kept for it, or several together. What is not known of any of them
 * is null; sums, shares and means are of those of which it is known.
 *
 * @param wallTime how long they ran
 * @param cpuTime the cpu time that they used
 * @param cpus the cpus kept for a job; null where they differ
 * @param cpuReserved cpus times wall time
 * @param cpuShare seconds of cpu time, of those reserved
 * @param peakMemory the most bytes that one held at once on one node
 * @param memory the bytes kept for a job on one node; null where they differ
 * @param memoryShare bytes held at most, of those kept, each times the wall time
 * @param waiting seconds between submission and start, of so many jobs
 */
record Usage(
    @Nullable Duration wallTime,
    @Nullable Duration cpuTime,
    @Nullable Integer cpus,
    @Nullable Duration cpuReserved,
    Share cpuShare,
    @Nullable Long peakMemory,
    @Nullable Long memory,
    Share memoryShare,
    Share waiting) {
  private static final double MILLIS = 1000;

  /**
   * A part of something.
   *
   * @param part how much
   * @param whole of how much; 0 where nothing is known
   */
  record Share(double part, double whole) {
    static final Share UNKNOWN = new Share(0, 0);

    Share plus(Share other) {
      return new Share(part + other.part, whole + other.whole);
    }

    @Nullable Double ratio() {
      return whole > 0 ? Double.valueOf(part / whole) : null;
    }
  }

  /** What a job or an element used. */
  static Usage of(JobInfo info, @Nullable Instant submitted) {
    Duration wall = info.wallTime();
    Duration cpu = info.cpuTime();
    Integer cpus = info.allocatedCpus();
    Duration reserved = wall == null || cpus == null ? null : wall.multipliedBy(cpus);
    Share cpuShare = cpu == null || reserved == null || reserved.isZero()
        ? Share.UNKNOWN
        : new Share(seconds(cpu), seconds(reserved));
    Long peak = info.peakMemory();
    Long memory = info.allocatedMemory();
    Share memoryShare = peak == null || memory == null || wall == null
        ? Share.UNKNOWN
        : new Share(peak * seconds(wall), memory * seconds(wall));
    Share waiting = waiting(submitted, info.started());
    return new Usage(wall, cpu, cpus, reserved, cpuShare, peak, memory, memoryShare, waiting);
  }

  /** Clocks of two hosts may differ by more than a job waited. */
  private static Share waiting(@Nullable Instant submitted, @Nullable Instant started) {
    if (submitted == null || started == null) {
      return Share.UNKNOWN;
    }
    return new Share(Math.max(0, seconds(Duration.between(submitted, started))), 1);
  }

  private static double seconds(Duration time) {
    return time.toMillis() / MILLIS;
  }

  /** Several together. */
  static Usage sum(Collection<Usage> all) {
    return new Usage(
        folded(all, Usage::wallTime, Duration::plus),
        folded(all, Usage::cpuTime, Duration::plus),
        common(all, Usage::cpus),
        folded(all, Usage::cpuReserved, Duration::plus),
        share(all, Usage::cpuShare),
        folded(all, Usage::peakMemory, Math::max),
        common(all, Usage::memory),
        share(all, Usage::memoryShare),
        share(all, Usage::waiting));
  }

  private static <T> @Nullable T folded(
      Collection<Usage> all, Function<Usage, @Nullable T> field, BinaryOperator<T> both) {
    T sum = null;
    for (Usage each : all) {
      T known = field.apply(each);
      if (known != null) {
        sum = sum == null ? known : both.apply(sum, known);
      }
    }
    return sum;
  }

  private static <T> @Nullable T common(Collection<Usage> all, Function<Usage, @Nullable T> field) {
    Set<T> values = new HashSet<>();
    for (Usage each : all) {
      T known = field.apply(each);
      if (known != null) {
        values.add(known);
      }
    }
    return values.size() == 1 ? values.iterator().next() : null;
  }

  private static Share share(Collection<Usage> all, Function<Usage, Share> field) {
    Share sum = Share.UNKNOWN;
    for (Usage each : all) {
      sum = sum.plus(field.apply(each));
    }
    return sum;
  }

  /** The mean time that a job waited. */
  @Nullable Duration waited() {
    Double mean = waiting.ratio();
    return mean == null ? null : Duration.ofMillis(Math.round(mean * MILLIS));
  }
}
