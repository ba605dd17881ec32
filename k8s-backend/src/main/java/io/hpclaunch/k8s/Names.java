// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import io.hpclaunch.api.Token;
import java.util.Locale;
import java.util.Optional;

/** What things are called in the cluster. */
final class Names {
  /** Jobs and pods that are ours, and which of them belong to which submission. */
  static final String TOKEN = "hpc-launch/token";

  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String OURS = "hpc-launch";

  /** The user's own name of a job: names of objects are restricted. */
  static final String NAME = "hpc-launch/name";

  /** Why a job was given up before it started. */
  static final String NOT_STARTED = "hpc-launch/not-started";

  /** The user's index of an array's first element, and the step to the next one. */
  static final String FIRST = "hpc-launch/array-first";

  static final String STEP = "hpc-launch/array-step";

  static final String CONTAINER = "main";

  /** The index of an element, on its pod. */
  static final String INDEX = "batch.kubernetes.io/job-completion-index";

  /** Pods are called after their job: this, {@code -}, an index of five digits. */
  private static final int LONGEST = 63 - 6;

  private Names() {}

  /**
   * The name of the job of a submission: always the same, so that it cannot be created twice.
   *
   * @param name the user's name for the job
   * @param token the submission
   * @return what is left of the name, {@code -}, and the token
   */
  static String job(String name, Token token) {
    String safe = label(name, LONGEST - 1 - token.value().length());
    return safe.isEmpty() ? token.value() : safe + "-" + token;
  }

  /** The token in the name of a job of ours. */
  static Optional<Token> token(String job) {
    try {
      return Optional.of(new Token(job.substring(job.lastIndexOf('-') + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Lower-case letters, digits and single {@code -}, which stands at neither end. */
  static String label(String text, int longest) {
    String safe = text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    safe = safe.startsWith("-") ? safe.substring(1) : safe;
    safe = safe.length() > longest ? safe.substring(0, longest) : safe;
    return safe.endsWith("-") ? safe.substring(0, safe.length() - 1) : safe;
  }
}
