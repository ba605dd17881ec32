// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.testkit;

import io.hpclaunch.api.ContainerSpec;
import io.hpclaunch.api.transport.Transport;
import io.hpclaunch.core.transport.LocalTransport;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BackendContract} must be told of a backend: its type, and where it differs from one
 * that runs jobs at once on this machine.
 *
 * @since 0.1
 */
public interface BackendUnderTest {
  /**
   * The type of backend.
   *
   * @return what the plugin's {@link io.hpclaunch.api.HPCBackend#name()} says
   */
  String type();

  /**
   * What an entry of the configuration says of the backend, beside its name, type and workspace:
   * {@code config}, {@code transport}, {@code submit}.
   *
   * @return the keys and values; none by default
   */
  default Map<String, ? extends @Nullable Object> entry() {
    return Map.of();
  }

  /**
   * How long a test waits for what must happen. A test that passes seldom waits for long.
   *
   * @return 60 s by default
   */
  default Duration patience() {
    return Duration.ofSeconds(60);
  }

  /**
   * Whether jobs run on this machine, where tests see their processes and files. Tests that need
   * that skip themselves elsewhere.
   *
   * @return true by default
   */
  default boolean jobsRunHere() {
    return true;
  }

  /**
   * Whether the plugin reaches its scheduler by its context's transport. The transport can then be
   * made to fail.
   *
   * @return true by default; false for one that speaks to a server by itself
   */
  default boolean usesTransport() {
    return true;
  }

  /**
   * A way to the host that the entry's {@code transport} leads to, for the tests that have the
   * plugin alone. They close it.
   *
   * @return this machine's by default; where the entry has a {@code transport} and this is not
   *     overridden, these tests are skipped
   */
  default Transport transport() {
    return new LocalTransport();
  }

  /**
   * The shortest walltime that the scheduler enforces.
   *
   * @return 2 s by default; some schedulers count in minutes
   */
  default Duration shortestWalltime() {
    return Duration.ofSeconds(2);
  }

  /**
   * How many jobs are submitted at once.
   *
   * @return 50 by default
   */
  default int manyJobs() {
    return 50;
  }

  /**
   * An id in the scheduler's form that none of its jobs has.
   *
   * @return the id; a random UUID by default
   */
  default String unknownNativeId() {
    return "00000000-0000-4000-8000-000000000000";
  }

  /**
   * A launcher that can start two tasks in a job.
   *
   * @return its name; empty by default, and jobs with launchers are not run
   */
  default Optional<String> launcher() {
    return Optional.empty();
  }

  /**
   * A container that has {@code /bin/sh}; {@link FakeApptainer} has one for machines without a
   * runtime, which the {@link #entry()} then names.
   *
   * @return the container; empty by default, and jobs in containers are not run
   */
  default Optional<ContainerSpec> container() {
    return Optional.empty();
  }

  /**
   * Whether the scheduler can end a job that ignores the signal that asks it to end.
   *
   * @return true by default; false for a scheduler that has no stronger means
   */
  default boolean endsStubbornJobs() {
    return true;
  }

  /**
   * Whether the scheduler keeps standard error apart from standard output.
   *
   * @return true by default; false where both are one stream, which is the output then
   */
  default boolean hasSeparateStreams() {
    return true;
  }

  /**
   * Whether the scheduler's version has arrays, where the backend claims them.
   *
   * @return true by default; false, and arrays are not run
   */
  default boolean hasArrays() {
    return true;
  }

  /**
   * Whether the scheduler has a gpu to give.
   *
   * @return false by default, and jobs with gpus are not run
   */
  default boolean hasGpu() {
    return false;
  }

  /**
   * The runtime of the running test.
   *
   * @return the runtime
   */
  HpcTestRuntime hpc();
}
