// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One task on its way to a worker.
 *
 * @param index its place in the batch, from 0
 * @param code which of the message's {@link TaskMessage#codes}
 * @param attempt how often it was begun and failed, from 0
 * @param retries how often it is begun again after a failure of its own
 * @param deaths how many workers died while it ran
 * @param limit how long it may run, or null: no limit
 * @param cpus what it takes of the worker's cpus; may be a fraction
 * @param gpus what it takes of the worker's gpus
 * @param input what it is given
 */
public record Task(
    int index,
    int code,
    int attempt,
    int retries,
    int deaths,
    @Nullable Duration limit,
    double cpus,
    int gpus,
    Payload input) {
  /**
   * The same task after a failure of its own.
   *
   * @return the next attempt
   */
  public Task again() {
    return new Task(index, code, attempt + 1, retries - 1, deaths, limit, cpus, gpus, input);
  }

  /**
   * The same task after its worker died.
   *
   * @return the task, with one death more
   */
  public Task afterDeath() {
    return new Task(index, code, attempt, retries, deaths + 1, limit, cpus, gpus, input);
  }

  /**
   * The same task in another message.
   *
   * @param number where its code stands there
   * @return the task
   */
  public Task withCode(int number) {
    return new Task(index, number, attempt, retries, deaths, limit, cpus, gpus, input);
  }

  /**
   * How often it was begun before, as far as is known: it failed, or its worker died.
   *
   * @return from 0
   */
  public int begun() {
    return attempt + deaths;
  }

  /**
   * Whether it is run alone, to see whether it is what its workers die of.
   *
   * @return true after the second death
   */
  public boolean isSuspect() {
    return deaths >= 2;
  }

  void write(WireWriter out) {
    out.number(index).number(code).number(attempt).number(retries).number(deaths);
    out.number(limit == null ? 0 : Math.max(1, limit.toMillis()));
    out.real(cpus).number(gpus);
    input.write(out);
  }

  static Task read(WireReader in) {
    int index = in.integer();
    int code = in.integer();
    int attempt = in.integer();
    int retries = in.integer();
    int deaths = in.integer();
    long limit = in.number();
    return new Task(
        index,
        code,
        attempt,
        retries,
        deaths,
        limit == 0 ? null : Duration.ofMillis(limit),
        in.real(),
        in.integer(),
        Payload.read(in));
  }
}
