// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.operator;

import io.hpclaunch.api.InvalidJob;

/** Ids that become names of folders, here and on hosts. */
final class Ids {
  private static final int LONGEST = 100;

  private Ids() {}

  /**
   * Checks an id: it can neither leave its folder nor hide in it, whatever the file system.
   *
   * @throws InvalidJob when it has other characters than letters, digits, {@code .}, {@code _} and
   *     {@code -}, or does not begin with a letter or digit
   */
  static String check(String what, String id) {
    boolean good = !id.isEmpty() && id.length() <= LONGEST && isAlphanumeric(id.charAt(0));
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      good &= isAlphanumeric(c) || c == '.' || c == '_' || c == '-';
    }
    if (!good) {
      throw new InvalidJob(what + " '" + id + "' names a folder: it begins with a letter or digit"
          + " and holds 1 to " + LONGEST + " of a-z A-Z 0-9 . _ -");
    }
    return id;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
