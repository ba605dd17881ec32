// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.io.InputStream;

/**
 * What a job has written.
 *
 * @since 0.1
 */
public interface JobLogs {
  /** The two streams of a job. */
  enum Stream {
    /** Standard output. */
    STDOUT,
    /** Standard error. */
    STDERR
  }

  /**
   * Opens what has been written so far.
   *
   * @param log which stream
   * @return the bytes; to be closed by the caller
   * @throws BackendUnavailable when the host cannot be reached
   */
  InputStream open(Stream log);

  /**
   * Opens a stream that goes on until the job's end.
   *
   * @param log which stream
   * @return the bytes; to be closed by the caller
   * @throws BackendUnavailable when the host cannot be reached
   */
  InputStream follow(Stream log);

  /**
   * What has been written so far to standard output.
   *
   * @return the text, read as UTF-8
   * @throws BackendUnavailable when the host cannot be reached
   */
  String stdout();

  /**
   * What has been written so far to standard error.
   *
   * @return the text, read as UTF-8
   * @throws BackendUnavailable when the host cannot be reached
   */
  String stderr();
}
