// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.shell;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A verb was asked for, and no whole answer came: whether it was carried out is not known. */
final class AnswerLost extends IOException {
  private static final long serialVersionUID = 1L;

  AnswerLost(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
