// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.script;

import io.hpclaunch.api.InvalidJob;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.core.shell.ShellVariables;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job's variables as lines for bash, and, for names that bash cannot export or keeps for itself,
 * as words for env(1).
 */
final class JobEnvironment {
  private final StringBuilder lines = new StringBuilder();
  private final StringBuilder odd = new StringBuilder();

  /**
   * Sorts the variables.
   *
   * @param variables names and values; null unsets
   */
  JobEnvironment(Map<String, @Nullable String> variables) {
    for (Map.Entry<String, @Nullable String> variable : variables.entrySet()) {
      String name = variable.getKey();
      String value = variable.getValue();
      if (!ShellVariables.isExportable(name)) {
        odd.insert(0, value == null ? " -u " + Quoting.quote(name) : "");
        odd.append(value == null ? "" : " " + Quoting.quote(name + "=" + value));
      } else if (value == null) {
        lines.append("unset -v ").append(name).append('\n');
      } else {
        lines.append(export(name, value));
      }
    }
  }

  /** The lines; empty for none. */
  String lines() {
    return lines.toString();
  }

  /** What stands between {@code exec} and the command: env(1) and its words, or nothing. */
  String prefix() {
    return odd.length() == 0 ? "" : "env" + odd + " ";
  }

  /** The file from which the script reads the secret variables. */
  static String secrets(Map<String, String> variables) {
    StringBuilder file = new StringBuilder();
    variables.forEach((name, value) -> {
      if (!ShellVariables.isExportable(name)) {
        throw new InvalidJob("'"
            + name
            + "' cannot be a secret variable of a job script: bash cannot export that name;"
            + " use letters, digits and _");
      }
      file.append(export(name, value));
    });
    return file.toString();
  }

  private static String export(String name, String value) {
    return "export " + name + "=" + Quoting.quote(value) + "\n";
  }
}
