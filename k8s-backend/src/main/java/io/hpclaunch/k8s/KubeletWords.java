// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.k8s;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What a kubelet writes into a log that it can read no further: its own error, with the status 200
 * of what came before. See {@code getContainerLogs} of its server, and {@code ReadLogs}.
 */
final class KubeletWords {
  private static final List<String> BEGINNINGS = List.of(
      "unable to retrieve container logs for ",
      "rpc error: code = ",
      "failed to try resolving symlinks in path ",
      "failed to open log file ",
      "failed to watch file ",
      "failed to create fsnotify watch: ");

  /** An error is one line, and comes by itself. */
  private static final int LONGEST = 1000;

  private KubeletWords() {}

  /** Whether bytes that came at once may be no output, but the kubelet's error. */
  static boolean mayBe(byte[] buffer, int from, int length) {
    if (length > LONGEST) {
      return false;
    }
    String text = new String(buffer, from, length, StandardCharsets.UTF_8);
    return BEGINNINGS.stream().anyMatch(text::startsWith);
  }
}
