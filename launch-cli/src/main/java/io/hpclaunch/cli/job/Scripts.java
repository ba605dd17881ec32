// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.io.PrintWriter;

/** Prints scripts as they are. */
final class Scripts {
  private Scripts() {}

  static void print(String script, PrintWriter out) {
    out.print(script.endsWith("\n") ? script : script + "\n");
    out.flush();
  }
}
