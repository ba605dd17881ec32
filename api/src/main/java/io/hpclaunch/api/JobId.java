// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A job of a backend, or one element of its array: {@code NAME:NATIVE[@CLUSTER][/INDEX]}, as one
 * string and back.
 *
 * @param backend the configured entry's name, or the backend's type
 * @param nativeId the scheduler's id
 * @since 0.1
 */
public record JobId(String backend, NativeId nativeId) {
  private static final String TOKEN_PREFIX = "token.";

  private static final Pattern FORM =
      Pattern.compile("([^:/@]+):([^/@]+)(?:@([^/@]+))?(?:/(\\d{1,9}))?");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException when the name is empty or holds blanks, control characters,
   *     {@code :}, {@code /} or {@code @}
   */
  public JobId {
    if (!NativeId.isWord(backend) || backend.indexOf(':') >= 0) {
      throw new IllegalArgumentException("not the name of a backend: '" + backend + "'");
    }
  }

  /**
   * The id of a job by the token of its submission. It is understood from before the scheduler has
   * given an id, and for as long as the job is remembered.
   *
   * @param backend the configured entry's name, or the backend's type
   * @param token names the submission
   * @return {@code NAME:token.TOKEN}
   */
  public static JobId of(String backend, Token token) {
    return new JobId(backend, NativeId.of(TOKEN_PREFIX + token));
  }

  /**
   * The token in an id that {@link #of(String, Token)} made.
   *
   * @return the token, or empty where the scheduler's own id stands there
   */
  public Optional<Token> token() {
    String value = nativeId.value();
    if (!value.startsWith(TOKEN_PREFIX)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Token(value.substring(TOKEN_PREFIX.length())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Reads an id.
   *
   * @param text {@code NAME:NATIVE[@CLUSTER][/INDEX]}
   * @return the id
   * @throws InvalidJob when the text is no id
   */
  public static JobId parse(String text) {
    Matcher m = FORM.matcher(text);
    if (!m.matches() || text.chars().anyMatch(NativeId::isBlank)) {
      throw new InvalidJob("'"
          + text
          + "' is not a job id: expected NAME:NATIVE[@CLUSTER][/INDEX], such as slurm:42/7");
    }
    Integer index = m.group(4) == null ? null : Integer.valueOf(m.group(4));
    return new JobId(m.group(1), new NativeId(m.group(2), m.group(3), index));
  }

  /**
   * Reads an id that may be bare: without a name it belongs to the default backend.
   *
   * @param text {@code [NAME:]NATIVE[@CLUSTER][/INDEX]}
   * @param defaultBackend the name to take where the text has none
   * @return the id
   * @throws InvalidJob when the text is no id
   */
  public static JobId parse(String text, String defaultBackend) {
    return parse(text.indexOf(':') < 0 ? defaultBackend + ":" + text : text);
  }

  /**
   * One element of this array.
   *
   * @param index the user's index
   * @return the element's id
   */
  public JobId element(int index) {
    return new JobId(backend, nativeId.element(index));
  }

  @Override
  public String toString() {
    return backend + ":" + nativeId;
  }
}
