// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.io.InputStream;

/**
 * A backend whose scheduler keeps the output of jobs itself, as Kubernetes does. For all others
 * core reads the files.
 *
 * @since 0.1
 */
public interface LogReader {
  /**
   * Opens what a job has written.
   *
   * @param id a job or an element of an array
   * @param log which of its streams
   * @param follow whether to go on until the job's end
   * @return the bytes; to be closed by the caller
   * @throws BackendUnavailable when the scheduler could not be asked
   */
  InputStream logs(NativeId id, JobLogs.Stream log, boolean follow);
}
