// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One observation of a job. What is not known is null.
 *
 * @param state where it stands
 * @param exitCode the status its command returned; null after a signal, or when it has not ended
 * @param signal the number of the signal that ended its command, or null
 * @param cause why it failed; only with {@link JobState#FAILED}
 * @param nativeState the scheduler's own word for the state
 * @param reason the scheduler's or our own words on why it stands there
 * @param submitted when it was submitted
 * @param started when this attempt started
 * @param ended when this attempt ended
 * @param attempt 1 for the first run, one more after each requeue
 * @param nodes the hosts it runs or ran on
 * @param wallTime how long this attempt has run
 * @param cpuTime the cpu time that it used, of all its processes
 * @param peakMemory the most memory that it held at once on one node, in bytes
 * @param allocatedCpus how many cpus it was given, on all nodes together
 * @param allocatedMemory the memory that it was given on one node, in bytes
 * @since 0.1
 */
public record JobInfo(
    JobState state,
    @Nullable Integer exitCode,
    @Nullable Integer signal,
    @Nullable Cause cause,
    @Nullable String nativeState,
    @Nullable String reason,
    @Nullable Instant submitted,
    @Nullable Instant started,
    @Nullable Instant ended,
    int attempt,
    @Nullable List<String> nodes,
    @Nullable Duration wallTime,
    @Nullable Duration cpuTime,
    @Nullable Long peakMemory,
    @Nullable Integer allocatedCpus,
    @Nullable Long allocatedMemory) {

  /**
   * Checks the parts against each other.
   *
   * @throws IllegalArgumentException when a cause comes without {@link JobState#FAILED} or the
   *     attempt is less than 1
   */
  public JobInfo {
    if (cause != null && state != JobState.FAILED) {
      throw new IllegalArgumentException("cause " + cause + " with state " + state);
    }
    if (attempt < 1) {
      throw new IllegalArgumentException("attempt " + attempt);
    }
    nodes = nodes == null ? null : List.copyOf(nodes);
  }

  /**
   * A builder for an observation.
   *
   * @param state where the job stands
   * @return the builder
   */
  public static Builder builder(JobState state) {
    return new Builder(state);
  }

  /**
   * A builder that begins with all of this.
   *
   * @return the builder
   */
  public Builder toBuilder() {
    Builder b = new Builder(state);
    b.exitCode = exitCode;
    b.signal = signal;
    b.cause = cause;
    b.nativeState = nativeState;
    b.reason = reason;
    b.submitted = submitted;
    b.started = started;
    b.ended = ended;
    b.attempt = attempt;
    b.nodes = nodes;
    b.wallTime = wallTime;
    b.cpuTime = cpuTime;
    b.peakMemory = peakMemory;
    b.allocatedCpus = allocatedCpus;
    b.allocatedMemory = allocatedMemory;
    return b;
  }

  /** Collects the parts of an observation. */
  public static final class Builder {
    private JobState state;
    private @Nullable Integer exitCode;
    private @Nullable Integer signal;
    private @Nullable Cause cause;
    private @Nullable String nativeState;
    private @Nullable String reason;
    private @Nullable Instant submitted;
    private @Nullable Instant started;
    private @Nullable Instant ended;
    private int attempt = 1;
    private @Nullable List<String> nodes;
    private @Nullable Duration wallTime;
    private @Nullable Duration cpuTime;
    private @Nullable Long peakMemory;
    private @Nullable Integer allocatedCpus;
    private @Nullable Long allocatedMemory;

    private Builder(JobState state) {
      this.state = Objects.requireNonNull(state);
    }

    /**
     * Sets the state. Any but {@link JobState#FAILED} drops the cause.
     *
     * @param value where the job stands
     * @return this
     */
    public Builder state(JobState value) {
      state = value;
      cause = value == JobState.FAILED ? cause : null;
      return this;
    }

    /**
     * Sets the exit code.
     *
     * @param value 0 to 255, or null
     * @return this
     */
    public Builder exitCode(@Nullable Integer value) {
      exitCode = value;
      return this;
    }

    /**
     * Sets the signal.
     *
     * @param value its number, or null
     * @return this
     */
    public Builder signal(@Nullable Integer value) {
      signal = value;
      return this;
    }

    /**
     * Sets the state to {@link JobState#FAILED}, and why.
     *
     * @param value the cause
     * @return this
     */
    public Builder failed(Cause value) {
      state = JobState.FAILED;
      cause = value;
      return this;
    }

    /**
     * Sets the scheduler's own word for the state.
     *
     * @param value its text, or null
     * @return this
     */
    public Builder nativeState(@Nullable String value) {
      nativeState = value;
      return this;
    }

    /**
     * Sets why the job stands there.
     *
     * @param value words, or null
     * @return this
     */
    public Builder reason(@Nullable String value) {
      reason = value;
      return this;
    }

    /**
     * Sets when the job was submitted.
     *
     * @param value the instant, or null
     * @return this
     */
    public Builder submitted(@Nullable Instant value) {
      submitted = value;
      return this;
    }

    /**
     * Sets when this attempt started.
     *
     * @param value the instant, or null
     * @return this
     */
    public Builder started(@Nullable Instant value) {
      started = value;
      return this;
    }

    /**
     * Sets when this attempt ended.
     *
     * @param value the instant, or null
     * @return this
     */
    public Builder ended(@Nullable Instant value) {
      ended = value;
      return this;
    }

    /**
     * Sets the number of the attempt.
     *
     * @param value at least 1
     * @return this
     */
    public Builder attempt(int value) {
      attempt = value;
      return this;
    }

    /**
     * Sets the hosts.
     *
     * @param value their names, or null
     * @return this
     */
    public Builder nodes(@Nullable List<String> value) {
      nodes = value;
      return this;
    }

    /**
     * Sets how long this attempt has run.
     *
     * @param value the duration, or null
     * @return this
     */
    public Builder wallTime(@Nullable Duration value) {
      wallTime = value;
      return this;
    }

    /**
     * Sets the cpu time used.
     *
     * @param value the duration, or null
     * @return this
     */
    public Builder cpuTime(@Nullable Duration value) {
      cpuTime = value;
      return this;
    }

    /**
     * Sets the most memory held at once.
     *
     * @param bytes the size, or null
     * @return this
     */
    public Builder peakMemory(@Nullable Long bytes) {
      peakMemory = bytes;
      return this;
    }

    /**
     * Sets the cpus that the job was given.
     *
     * @param value on all nodes together, or null
     * @return this
     */
    public Builder allocatedCpus(@Nullable Integer value) {
      allocatedCpus = value;
      return this;
    }

    /**
     * Sets the memory that the job was given.
     *
     * @param bytes on one node, or null
     * @return this
     */
    public Builder allocatedMemory(@Nullable Long bytes) {
      allocatedMemory = bytes;
      return this;
    }

    /**
     * Makes the observation.
     *
     * @return the observation
     * @throws IllegalArgumentException when the parts contradict each other
     */
    public JobInfo build() {
      return new JobInfo(
          state,
          exitCode,
          signal,
          cause,
          nativeState,
          reason,
          submitted,
          started,
          ended,
          attempt,
          nodes,
          wallTime,
          cpuTime,
          peakMemory,
          allocatedCpus,
          allocatedMemory);
    }
  }
}
