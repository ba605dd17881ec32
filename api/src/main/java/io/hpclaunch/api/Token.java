// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Names one submission, before the scheduler has given it an id, and for good.
 *
 * <p>It begins with a letter and holds lower-case letters and digits only, so that it can stand in
 * a variable, a path, a comment, and as the name of a Kubernetes object.
 *
 * @param value the text, such as {@code h3k9x2m7qv5w8t4n6b1c0d5f2g}
 * @since 0.1
 */
public record Token(String value) {
  private static final Pattern FORM = Pattern.compile("[a-z][a-z0-9]{7,39}");
  private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
  private static final int RANDOM_CHARS = 25; // 125 bits

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException when the text is no token
   */
  public Token {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("not a token: " + value);
    }
  }

  /**
   * A new token that nobody else has.
   *
   * @return the token
   */
  public static Token random() {
    StringBuilder text = new StringBuilder("h");
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < RANDOM_CHARS; i++) {
      text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return new Token(text.toString());
  }

  @Override
  public String toString() {
    return value;
  }
}
