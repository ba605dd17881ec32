// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.config;

import java.util.List;
import java.util.Locale;

/**
 * Keeps secrets out of listings and messages.
 *
 * @since 0.1
 */
public final class Secrets {
  /** What stands in a secret's place. */
  public static final String MASK = "********";

  private static final List<String> WORDS = List.of(
      "password", "passwd", "passphrase", "secret", "token", "credential", "amqp_url", "apikey");

  private Secrets() {}

  /**
   * Whether a key's value is a secret, judged by its name.
   *
   * @param key a key, or a path of keys with dots, of which the last one counts
   * @return true for {@code password}, {@code amqp_url}, {@code token}, {@code api_key} and the
   *     like; false for {@code key_path}, {@code password_file} and {@code password_env}, which
   *     only lead to one
   */
  public static boolean isSecret(String key) {
    return isSecretName(key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static boolean isSecretName(String name) {
    if (name.endsWith("_path") || name.endsWith("_file") || name.endsWith("_env")) {
      return false;
    }
    for (String word : WORDS) {
      if (name.contains(word)) {
        return true;
      }
    }
    return name.equals("key") || name.endsWith("_key") || name.endsWith("-key");
  }

  /**
   * A text as it may be shown.
   *
   * @param key the key that it is the value of
   * @param text the text
   * @return {@link #MASK} for a secret; in URLs such as {@code amqp://user:password@host} what
   *     stands before the last {@code @} is masked, save for the user's name; anything else stays
   *     as it is
   */
  public static String mask(String key, String text) {
    if (isSecret(key)) {
      return MASK;
    }
    StringBuilder shown = new StringBuilder();
    int done = 0;
    for (int scheme = text.indexOf("://"); scheme >= 0; scheme = text.indexOf("://", done)) {
      int start = scheme + "://".length();
      int end = endOfUrl(text, start);
      int at = text.lastIndexOf('@', end - 1);
      shown.append(text, done, start);
      if (at >= start) {
        int colon = text.indexOf(':', start);
        shown.append(colon >= start && colon < at ? text.substring(start, colon + 1) : "");
        shown.append(MASK);
        start = at;
      }
      shown.append(text, start, end);
      done = end;
    }
    return shown.append(text, done, text.length()).toString();
  }

  /** Where a blank, quote or comma, or the next URL's scheme, ends this one. */
  private static int endOfUrl(String text, int start) {
    int end = start;
    while (end < text.length() && " \t\n\"'<>,".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return end;
  }
}
