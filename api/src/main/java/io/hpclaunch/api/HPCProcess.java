// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A handle on a job, shaped like {@link Process}. The job outlives it: it can be dropped at any
 * time, and any process can {@link Backend#attach attach} to the id later.
 *
 * @since 0.1
 */
public interface HPCProcess {
  /**
   * The job's id.
   *
   * @return the id
   */
  JobId id();

  /**
   * The latest observation; does not ask the scheduler.
   *
   * @return the observation
   */
  JobInfo info();

  /**
   * Completes with the job's true end. Stages that depend on it never run on the thread that
   * watches jobs.
   *
   * @return a future; to cancel it does not cancel the job
   */
  CompletableFuture<JobInfo> onExit();

  /**
   * Waits for the end.
   *
   * @return the last observation; a job that failed is a normal result
   * @throws InterruptedException when the waiting thread is interrupted; the job goes on
   */
  JobInfo waitFor() throws InterruptedException;

  /**
   * Waits for the end, but not for ever.
   *
   * @param timeout the longest wait
   * @return the last observation, or empty when the job has not ended
   * @throws InterruptedException when the waiting thread is interrupted; the job goes on
   */
  Optional<JobInfo> waitFor(Duration timeout) throws InterruptedException;

  /**
   * Asks for the job's end and returns; {@link #onExit()} tells when it is there. Some backends
   * wait for it, for a limited time: {@link HPCBackend#cancelPatience()}.
   *
   * @throws Rejected when the scheduler refused
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  void cancel();

  /**
   * What the job has written.
   *
   * @return the logs
   */
  JobLogs logs();

  /**
   * The elements of an array job.
   *
   * @return a handle for each, in the order of their indices; empty for a plain job
   */
  List<HPCProcess> elements();
}
