// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a task's last attempt went. Immutable.
 *
 * @param worker the id of the worker that ran it
 * @param host where that runs, or null when it was never heard of
 * @param started when the attempt began, by the worker's clock
 * @param elapsed how long it ran
 * @param attempt which attempt it was; 0 is the first
 * @since 0.1
 */
public record TaskRun(
    String worker, @Nullable String host, Instant started, Duration elapsed, int attempt) {}
