// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.shell;

import java.util.Set;

/** The variables that a line of bash can set. */
public final class ShellVariables {
  /**
   * Variables that bash keeps from being set, or gives values of its own; bash(1), "Shell
   * Variables".
   */
  private static final Set<String> OWNED_BY_BASH = Set.of(
      "_",
      "DIRSTACK",
      "EPOCHREALTIME",
      "EPOCHSECONDS",
      "EUID",
      "FUNCNAME",
      "GROUPS",
      "HISTCMD",
      "IFS",
      "LINENO",
      "OPTIND",
      "PIPESTATUS",
      "POSIXLY_CORRECT",
      "PPID",
      "RANDOM",
      "SECONDS",
      "SHELLOPTS",
      "SHLVL",
      "SRANDOM",
      "UID");

  private ShellVariables() {}

  /**
   * Whether bash exports a name as given: it is one of a variable, and none of bash's own.
   *
   * @param name a name
   * @return false where env(1) has to set it
   */
  public static boolean isExportable(String name) {
    if (name.startsWith("BASH") || OWNED_BY_BASH.contains(name)) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (!letter && (i == 0 || c < '0' || c > '9')) {
        return false;
      }
    }
    return !name.isEmpty();
  }
}
