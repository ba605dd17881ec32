// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pbs;

/**
 * Names of jobs as each PBS takes them. OpenPBS 23.06 takes 230 characters of
 * {@code [A-Za-z0-9._+-]}; Torque and PBS Professional before 14 take 15 and want a letter first.
 */
final class PbsNames {
  private static final int LONGEST = 230;
  private static final int LONGEST_OF_TORQUE = 15;
  private static final String OTHERS = "._+-";

  private PbsNames() {}

  /**
   * Adapts a name.
   *
   * @param name the user's
   * @param dialect whose rules hold
   * @return the name itself where it can stay
   */
  static String adapted(String name, Dialect dialect) {
    StringBuilder adapted = new StringBuilder(name.length() + 1);
    name.codePoints().forEach(c -> adapted.append(isTaken(c) ? (char) c : '_'));
    if (adapted.isEmpty() || !isLetter(adapted.charAt(0))) {
      adapted.insert(0, 'j');
    }
    int longest = dialect == Dialect.TORQUE ? LONGEST_OF_TORQUE : LONGEST;
    adapted.setLength(Math.min(longest, adapted.length()));
    return adapted.toString();
  }

  private static boolean isTaken(int c) {
    return c < 128 && (isLetter((char) c) || (c >= '0' && c <= '9') || OTHERS.indexOf(c) >= 0);
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
}
