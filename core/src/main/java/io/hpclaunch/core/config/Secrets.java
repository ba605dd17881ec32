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

  private static final List<String> WORDS =
      List.of("password", "passwd", "passphrase", "secret", "token", "credential", "amqp_url");

  private Secrets() {}

  /**
   * Whether a key's value is a secret, judged by its name.
   *
   * @param key a key, or a path of keys with dots, of which the last one counts
   * @return true for {@code password}, {@code amqp_url}, {@code token}, {@code api_key} and the
   *     like; false for {@code key_path}
   */
  public static boolean isSecret(String key) {
    return isSecretName(key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  private static boolean isSecretName(String name) {
    if (name.endsWith("_path") || name.endsWith("_file")) {
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
   * @return {@link #MASK} for a secret; the password alone is masked in a URL such as
   *     {@code amqp://user:password@host}; anything else stays as it is
   */
  public static String mask(String key, String text) {
    if (isSecret(key)) {
      return MASK;
    }
    int scheme = text.indexOf("://");
    int at = scheme < 0 ? -1 : text.indexOf('@', scheme);
    int colon = scheme < 0 ? -1 : text.indexOf(':', scheme + 3);
    int slash = scheme < 0 ? -1 : text.indexOf('/', scheme + 3);
    boolean inAuthority = colon >= 0 && colon < at && (slash < 0 || at < slash);
    return inAuthority ? text.substring(0, colon + 1) + MASK + text.substring(at) : text;
  }
}
