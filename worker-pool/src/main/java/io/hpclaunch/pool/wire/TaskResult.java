// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.time.Duration;
import java.time.Instant;

/**
 * How one task ended.
 *
 * @param index its place in the batch
 * @param outcome how it ended
 * @param attempt which of its attempts this was, from 0
 * @param deaths how many workers died while it ran
 * @param started when it began, by the worker's clock
 * @param elapsed how long it ran
 * @param value what it gave: a serialized object, an encoded {@link CommandEnd}, or an encoded
 *     {@link Failure}
 * @param isFailure whether the value is a {@link Failure}
 */
public record TaskResult(
    int index,
    Outcome outcome,
    int attempt,
    int deaths,
    Instant started,
    Duration elapsed,
    Payload value,
    boolean isFailure) {
  void write(WireWriter out) {
    out.number(index).octet(outcome.code()).number(attempt).number(deaths);
    out.number(started.toEpochMilli()).number(elapsed.toNanos()).octet(isFailure ? 1 : 0);
    value.write(out);
  }

  static TaskResult read(WireReader in) {
    int index = in.integer();
    Outcome outcome = Outcome.of(in.octet());
    int attempt = in.integer();
    int deaths = in.integer();
    Instant started = Instant.ofEpochMilli(in.number());
    Duration elapsed = Duration.ofNanos(in.number());
    boolean isFailure = in.octet() == 1;
    return new TaskResult(
        index, outcome, attempt, deaths, started, elapsed, Payload.read(in), isFailure);
  }
}
