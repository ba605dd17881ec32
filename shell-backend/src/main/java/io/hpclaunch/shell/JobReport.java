// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import io.hpclaunch.api.ArrayRange;
import io.hpclaunch.api.Cause;
import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.api.JobInfo;
import io.hpclaunch.api.JobState;
import io.hpclaunch.api.MemorySize;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A {@code job} line of an answer.
 *
 * @param id the job's id, as the line has it
 * @param elements the elements that it tells of, which are alike; null for a plain job
 * @param info what is told of it
 * @param name the job's name, which only {@code queue} tells; else empty
 */
record JobReport(String id, @Nullable ArrayRange elements, JobInfo info, String name) {
  private static final int LEAST_WORDS = 17;
  private static final int CPUS = 17;
  private static final int MEMORY = 18;
  private static final int NAME = 19;

  /**
   * Reads a line; see {@code query} and {@code queue} in hpc-shell.
   *
   * @param line the line
   * @return what it tells
   * @throws IllegalArgumentException when it is none
   */
  static JobReport parse(String line) {
    String[] words = line.split(" ", -1);
    if (words.length < LEAST_WORDS || !words[0].equals("job")) {
      throw new IllegalArgumentException(words.length + " words");
    }
    String name = words.length > NAME ? Words.decode(words[NAME]) : null;
    return new JobReport(words[1], elements(words[2]), info(words), name == null ? "" : name);
  }

  /** {@code INDEX} or {@code FIRST-LAST[:STEP]}. */
  private static @Nullable ArrayRange elements(String word) {
    int dash = word.indexOf('-');
    if (dash <= 0) {
      Integer index = number(word);
      return index == null ? null : ArrayRange.of(index, index);
    }
    try {
      return ArrayRange.parse(word);
    } catch (InvalidJob e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static JobInfo info(String[] words) {
    JobState state = JobState.valueOf(words[3]);
    JobInfo.Builder info = JobInfo.builder(state)
        .exitCode(number(words[4]))
        .signal(number(words[5]))
        .submitted(time(words[8]))
        .started(time(words[9]))
        .ended(time(words[10]))
        .wallTime(value(words[11], micros -> Duration.of(micros, ChronoUnit.MICROS)))
        .cpuTime(value(words[12], Duration::ofMillis))
        .peakMemory(kib(words[13]))
        .nativeState(Words.decode(words[15]))
        .reason(Words.decode(words[16]));
    Integer attempt = number(words[7]);
    info.attempt(attempt == null ? 1 : attempt);
    if (state == JobState.UNKNOWN || time(words[9]) != null) {
      String host = Words.decode(words[14]);
      info.nodes(host == null ? null : List.of(host));
    }
    if (time(words[9]) != null && words.length > MEMORY) {
      info.allocatedCpus(number(words[CPUS])).allocatedMemory(kib(words[MEMORY]));
    }
    Cause cause = cause(words[6]);
    if (state == JobState.FAILED && cause != null) {
      info.failed(cause);
    }
    return info.build();
  }

  /** The word comes from the job's own exit record: what is unknown there hides no end. */
  private static @Nullable Cause cause(String word) {
    for (Cause cause : Cause.values()) {
      if (cause.name().toLowerCase(Locale.ROOT).equals(word)) {
        return cause;
      }
    }
    return null;
  }

  private static @Nullable Integer number(String word) {
    return value(word, Math::toIntExact);
  }

  private static @Nullable Long kib(String word) {
    return value(word, kib -> Math.multiplyExact(kib, MemorySize.KIB));
  }

  private static @Nullable Instant time(String word) {
    return value(word, micros -> Instant.EPOCH.plus(micros, ChronoUnit.MICROS));
  }

  private static <T> @Nullable T value(String word, LongFunction<T> reader) {
    if (word.equals(Words.NONE)) {
      return null;
    }
    try {
      long number = Long.parseLong(word);
      if (number >= 0) {
        return reader.apply(number);
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("'" + word + "' is too large", e);
    }
    throw new IllegalArgumentException("'" + word + "' is below 0");
  }
}
