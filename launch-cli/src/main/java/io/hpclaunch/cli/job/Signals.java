// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

/** Names of signals; signal(7). Those above have other numbers on other systems. */
public final class Signals {
  private static final String[] NAMES = {
    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
    "PIPE", "ALRM", "TERM"
  };

  private Signals() {}

  /** Such as {@code signal 9 (KILL)}. */
  public static String name(int number) {
    boolean known = number >= 1 && number <= NAMES.length;
    return "signal " + number + (known ? " (" + NAMES[number - 1] + ")" : "");
  }
}
