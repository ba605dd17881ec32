// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Locale;

/**
 * A job that another one waits for.
 *
 * @param kind how it must have ended
 * @param job the job, or one element of an array
 * @since 0.1
 */
public record Dependency(Kind kind, JobId job) {
  /** How the awaited job must have ended. */
  public enum Kind {
    /** It must have completed. */
    AFTEROK,
    /** It must have ended, well or badly. */
    AFTERANY,
    /** It must have failed. */
    AFTERNOTOK;

    /**
     * The scheduler's word.
     *
     * @return the name in lower case
     */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The job must have completed.
   *
   * @param job the job
   * @return the dependency
   */
  public static Dependency afterOk(JobId job) {
    return new Dependency(Kind.AFTEROK, job);
  }

  /**
   * The job must have ended.
   *
   * @param job the job
   * @return the dependency
   */
  public static Dependency afterAny(JobId job) {
    return new Dependency(Kind.AFTERANY, job);
  }

  /**
   * The job must have failed.
   *
   * @param job the job
   * @return the dependency
   */
  public static Dependency afterNotOk(JobId job) {
    return new Dependency(Kind.AFTERNOTOK, job);
  }

  @Override
  public String toString() {
    return kind.word() + ":" + job;
  }
}
