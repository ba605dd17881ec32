// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.launch;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Writes stack traces, for {@code --debug} only. */
final class StackTraces {
  private StackTraces() {}

  static String of(Throwable e) {
    StringWriter text = new StringWriter();
    e.printStackTrace(new PrintWriter(text));
    return text.toString().stripTrailing();
  }
}
