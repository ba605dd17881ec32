// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.slurm;

import org.jspecify.annotations.Nullable;

/**
 * How Slurm says a job ended.
 *
 * <p>sacct takes 128 off codes from 128 on (seen on 22.05: 255 is told as {@code 127:0}), so that
 * its code is the true one's last seven bits. squeue and scontrol tell the whole.
 *
 * @param code the exit code of the batch script
 * @param signal what ended it, 0 for none; above 64 it is a mark of Slurm's own, such as 125 where
 *     memory ran out
 */
record SlurmExit(int code, int signal) {
  /** Reads {@code CODE:SIGNAL}; null where the text is something else. */
  static @Nullable SlurmExit parse(String text) {
    int colon = text.indexOf(':');
    int code = colon < 0 ? -1 : number(text.substring(0, colon));
    int signal = colon < 0 ? -1 : number(text.substring(colon + 1));
    return code < 0 || signal < 0 ? null : new SlurmExit(code, signal);
  }

  /** Reads the status that wait(2) gave, in decimal, as squeue tells it; null for no number. */
  static @Nullable SlurmExit ofWaitStatus(String text) {
    int status = number(text);
    return status < 0 ? null : new SlurmExit(status >> 8 & 0xff, status & 0x7f);
  }

  /** Not negative; -1 where the text is no number. */
  private static int number(String text) {
    if (text.isEmpty() || text.length() > 6) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + c - '0';
    }
    return number;
  }
}
