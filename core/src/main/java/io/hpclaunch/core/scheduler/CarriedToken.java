// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.scheduler;

import io.hpclaunch.api.Token;
import org.jspecify.annotations.Nullable;

/**
 * Finds the token among what a scheduler keeps of a job: the directory of its submission, which is
 * the job's folder, or the path of its script. A native option of the user's may have taken the
 * place of either.
 */
public final class CarriedToken {
  private static final String FOLDER = "/jobs/";

  private CarriedToken() {}

  /**
   * Reads the token from paths, {@code …/jobs/TOKEN} or {@code …/jobs/TOKEN/script}.
   *
   * @param paths what the scheduler keeps, or null
   * @return the first token; null where nothing says that the job is one of hpc-launch's
   */
  public static @Nullable Token of(@Nullable String... paths) {
    for (String path : paths) {
      Token token = inPath(path);
      if (token != null) {
        return token;
      }
    }
    return null;
  }

  private static @Nullable Token inPath(@Nullable String path) {
    int at = path == null ? -1 : path.lastIndexOf(FOLDER);
    if (path == null || at < 0) {
      return null;
    }
    int from = at + FOLDER.length();
    int slash = path.indexOf('/', from);
    return token(path.substring(from, slash < 0 ? path.length() : slash));
  }

  /**
   * Reads a token that stands by itself.
   *
   * @param text what should be one, or null
   * @return null where it is none
   */
  public static @Nullable Token token(@Nullable String text) {
    try {
      return text == null ? null : new Token(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * Whether a text that a scheduler keeps with a job holds a token.
   *
   * @param text the text, or null
   * @param token what is looked for
   * @return true if it does
   */
  public static boolean isIn(@Nullable String text, Token token) {
    return text != null && text.contains(token.value());
  }
}
