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
   * Reads a dependency, as the scheduler's options have it.
   *
   * @param text {@code KIND:ID}, with a kind of afterok, afterany, afternotok in any case, and an
   *     id that may be bare
   * @param defaultBackend the backend of a bare id
   * @return the dependency
   * @throws InvalidJob when the kind is unknown or the id is none
   */
  public static Dependency parse(String text, String defaultBackend) {
    int colon = text.indexOf(':');
    String word = text.substring(0, Math.max(0, colon));
    for (Kind kind : Kind.values()) {
      if (kind.word().equals(word.toLowerCase(Locale.ROOT))) {
        return new Dependency(kind, JobId.parse(text.substring(colon + 1), defaultBackend));
      }
    }
    throw new InvalidJob("dependency '"
        + text
        + "' does not begin with afterok:, afterany: or afternotok: and a job's id");
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
