// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s.access;

import io.hpclaunch.api.InvalidConfiguration;

/** Tokens as a header carries them. */
final class Bearer {
  private Bearer() {}

  /**
   * The header's value.
   *
   * @param token the token
   * @param source where it comes from, for messages
   */
  static String of(String token, String source) {
    if (!token.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
      throw new InvalidConfiguration(
          source + " is not a token: it holds a space, a line end or a letter beyond ASCII");
    }
    return "Bearer " + token;
  }
}
