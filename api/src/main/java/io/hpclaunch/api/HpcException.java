// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.api;

import org.jspecify.annotations.Nullable;

/**
 * The errors of this API: a small sealed family whose members say what the caller can do.
 *
 * <p>A job that ends with a non-zero status is a normal result and never one of these. The message
 * is one line that names what was asked, what was found and what to do; control characters in it
 * are written as escapes.
 *
 * @since 0.1
 */
public abstract sealed class HpcException extends RuntimeException
    permits InvalidJob,
        InvalidConfiguration,
        ExecutableNotFound,
        Rejected,
        OutcomeUnknown,
        BackendUnavailable,
        Unsupported {
  private static final long serialVersionUID = 1L;

  HpcException(String message, @Nullable Throwable cause) {
    super(oneLine(message), cause);
  }

  /** What users and schedulers wrote stands in messages: its control characters must not act. */
  private static String oneLine(String message) {
    StringBuilder line = new StringBuilder(message.length());
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      if (c == '\n') {
        line.append("\\n");
      } else if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
