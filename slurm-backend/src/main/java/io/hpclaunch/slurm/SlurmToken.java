// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import io.hpclaunch.api.Token;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token among what Slurm keeps of a job: the directory of its submission, which is the
 * job's folder, and the path of its script. A native option of the user's may have taken the place
 * of the first.
 */
final class SlurmToken {
  private static final String FOLDER = "/jobs/";

  private SlurmToken() {}

  /** The token; null where nothing says that the job is one of hpc-launch's. */
  static @Nullable Token of(@Nullable String workDir, @Nullable String command) {
    Token token = inPath(workDir);
    return token == null ? inPath(command) : token;
  }

  /** {@code …/jobs/TOKEN} or {@code …/jobs/TOKEN/script}. */
  private static @Nullable Token inPath(@Nullable String path) {
    if (path == null) {
      return null;
    }
    int at = path.lastIndexOf(FOLDER);
    if (at < 0) {
      return null;
    }
    int from = at + FOLDER.length();
    int slash = path.indexOf('/', from);
    try {
      return new Token(path.substring(from, slash < 0 ? path.length() : slash));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether a text that Slurm keeps with a job holds a token. */
  static boolean holds(@Nullable String text, Token token) {
    return text != null && text.contains(token.value());
  }
}
