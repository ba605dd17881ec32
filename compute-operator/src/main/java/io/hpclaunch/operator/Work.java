// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.Backend;
import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.api.InvalidJob;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the steps work with.
 *
 * @param backends a backend by name; by null the default
 * @param settings what the configuration says of a backend, by keys
 * @param clock the present
 * @param listener is told what happens
 */
record Work(
    Function<@Nullable String, Backend> backends,
    Function<String, Map<String, String>> settings,
    Clock clock,
    RunListener listener) {

  Instant now() {
    return clock.instant();
  }

  Backend backend(@Nullable String name) {
    return backends.apply(name);
  }

  /**
   * The backend of a run's jobs.
   *
   * @throws InvalidConfiguration when another register remembers them
   */
  Backend backend(RunFolder run, String name) throws IOException {
    Backend backend = backends.apply(name);
    run.registers().require(backend);
    return backend;
  }

  /** Saves an attempt and tells of it. */
  Attempt save(RunFolder run, Task task, Attempt attempt) throws IOException {
    run.save(task, attempt);
    listener.changed(
        run.spec().id(),
        new TaskStatus(
            task.id(),
            attempt.state(),
            attempt.cause(),
            attempt.reason(),
            attempt,
            task.allowFailure()));
    return attempt;
  }

  /** The task that a user named. */
  static Task task(RunFolder run, String id) {
    return run.spec().tasks().stream()
        .filter(task -> task.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new InvalidJob("run " + run.spec().id() + " has no task '" + id + "'"));
  }
}
