// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.doctor;

import org.jspecify.annotations.Nullable;

/**
 * The outcome of looking at one thing.
 *
 * @param status how it is
 * @param subject what was looked at
 * @param found what was found
 * @param remedy what can be done about it, or null
 */
public record Check(
    Status status, String subject, String found, @Nullable String remedy) {
  /** How a thing is. */
  public enum Status {
    /** As it should be. */
    OK,
    /** Works, but not as well as it could, or not what one would expect. */
    WARNING,
    /** Does not work. */
    PROBLEM
  }

  static Check ok(String subject, String found) {
    return new Check(Status.OK, subject, found, null);
  }

  static Check warning(String subject, String found, @Nullable String remedy) {
    return new Check(Status.WARNING, subject, found, remedy);
  }

  static Check problem(String subject, String found, @Nullable String remedy) {
    return new Check(Status.PROBLEM, subject, found, remedy);
  }
}
