// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * A submission was asked for, and whether the scheduler took it is not known.
 *
 * <p>It must not be repeated blindly. The intent stays in the journal under its token and is
 * settled by whoever comes next: the job is found by its token, or shown not to exist.
 *
 * @since 0.1
 */
public final class OutcomeUnknown extends HpcException {
  private static final long serialVersionUID = 1L;

  /** The token's text. */
  private final String token;

  /**
   * Makes the error.
   *
   * @param token the token that travels with the job
   * @param message one line for the user
   * @param cause what led to it
   */
  public OutcomeUnknown(Token token, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.token = token.value();
  }

  /**
   * The token by which the job can be found.
   *
   * @return the token
   */
  public Token token() {
    return new Token(token);
  }
}
