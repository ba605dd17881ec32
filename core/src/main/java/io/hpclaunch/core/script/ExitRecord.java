// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import io.hpclaunch.api.Cause;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a job's script, or the shell backend's agent, wrote when an attempt ended: {@code exit} in
 * the job's folder. What is not known is null.
 *
 * @param token the submission
 * @param nativeId what the scheduler calls the job
 * @param index the user's index of an element, or null
 * @param attempt which attempt ended, at least 1
 * @param host where it ran
 * @param started when the script started
 * @param ended when the command had ended
 * @param status the exit status of the command; 128 + n after signal n
 * @param signal the number of the signal that ended the command
 * @param cause where the writer knew better than the status: a word such as {@code launch},
 *     {@code timeout} or {@code cancelled}
 * @param reason words
 * @param cpuTime user and system time of all children
 * @param peakMemory the largest resident set, in bytes
 */
public record ExitRecord(
    String token,
    String nativeId,
    @Nullable Integer index,
    int attempt,
    @Nullable String host,
    @Nullable Instant started,
    @Nullable Instant ended,
    int status,
    @Nullable Integer signal,
    @Nullable String cause,
    @Nullable String reason,
    @Nullable Duration cpuTime,
    @Nullable Long peakMemory) {
  private static final String CANCELLED = "cancelled";

  /**
   * The name of the file.
   *
   * @param index the element, or null for a plain job
   * @return {@code exit} or {@code exit.INDEX}
   */
  public static String fileName(@Nullable Integer index) {
    return index == null ? "exit" : "exit." + index;
  }

  /**
   * Reads a record. Keys that are not known are passed over.
   *
   * @param text the file's content
   * @return the record; empty where its last line is not {@code end}: it is being written, or its
   *     writer was killed
   * @throws IllegalArgumentException when the record is complete and damaged; the message names the
   *     key
   */
  public static Optional<ExitRecord> parse(String text) {
    if (!text.endsWith("\nend\n")) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String line : text.split("\n", -1)) {
      int equals = line.indexOf('=');
      if (equals > 0 && !line.substring(equals + 1).equals("-")) {
        values.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    if (!"1".equals(values.get("v"))) {
      throw new IllegalArgumentException("an exit record of version " + values.get("v"));
    }
    BigDecimal cpu = number(values, "cpu_ms");
    BigDecimal peak = number(values, "peak_kb");
    return Optional.of(new ExitRecord(
        required(values, "token"),
        required(values, "native"),
        integer(values, "index", 0, Integer.MAX_VALUE),
        requiredInteger(values, "attempt", 1, Integer.MAX_VALUE),
        values.get("host"),
        instant(values, "started"),
        instant(values, "ended"),
        requiredInteger(values, "status", 0, 255),
        integer(values, "signal", 1, 127),
        values.get("cause"),
        values.get("reason"),
        cpu == null ? null : Duration.ofMillis(cpu.longValue()),
        peak == null ? null : Math.multiplyExact(peak.longValue(), 1024L)));
  }

  /**
   * What the record says about the attempt.
   *
   * @return an observation that is an end
   */
  public JobInfo toInfo() {
    JobInfo.Builder info = JobInfo.builder(JobState.COMPLETED)
        .exitCode(signal == null ? Integer.valueOf(status) : null)
        .signal(signal)
        .reason(reason)
        .started(started)
        .ended(ended)
        .attempt(attempt)
        .nodes(host == null ? null : List.of(host))
        .cpuTime(cpuTime)
        .peakMemory(peakMemory);
    if (started != null && ended != null && !ended.isBefore(started)) {
      info.wallTime(Duration.between(started, ended));
    }
    if (CANCELLED.equals(cause)) {
      return info.state(JobState.CANCELLED).build();
    }
    Cause known = knownCause();
    return known == null ? info.build() : info.failed(known).build();
  }

  private @Nullable Cause knownCause() {
    for (Cause each : Cause.values()) {
      if (cause != null && each.name().equals(cause.toUpperCase(Locale.ROOT))) {
        return each;
      }
    }
    if (signal != null) {
      return Cause.SIGNAL;
    }
    return status == 0 && cause == null ? null : Cause.EXIT_CODE;
  }

  private static String required(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("the exit record has no " + key);
    }
    return value;
  }

  private static int requiredInteger(Map<String, String> values, String key, int least, int most) {
    required(values, key);
    Integer value = integer(values, key, least, most);
    return value == null ? least : value;
  }

  private static @Nullable Integer integer(
      Map<String, String> values, String key, int least, int most) {
    BigDecimal value = number(values, key);
    if (value == null) {
      return null;
    }
    if (value.stripTrailingZeros().scale() > 0
        || value.compareTo(BigDecimal.valueOf(least)) < 0
        || value.compareTo(BigDecimal.valueOf(most)) > 0) {
      throw damaged(values, key);
    }
    return value.intValueExact();
  }

  private static @Nullable Instant instant(Map<String, String> values, String key) {
    BigDecimal seconds = number(values, key);
    return seconds == null
        ? null
        : Instant.ofEpochMilli(seconds.movePointRight(3).longValue());
  }

  /** Digits and one point only, few enough to be exact: an exponent would ask for much memory. */
  private static @Nullable BigDecimal number(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      return null;
    }
    if (!value.matches("\\d{1,15}(\\.\\d{1,9})?")) {
      throw damaged(values, key);
    }
    return new BigDecimal(value);
  }

  private static IllegalArgumentException damaged(Map<String, String> values, String key) {
    return new IllegalArgumentException(
        "the exit record says " + key + "=" + values.get(key) + ", which it cannot mean");
  }
}
