// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.redis;

import io.hpclaunch.core.store.ProcessIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whose a journal is. Whether a process lives can be told only among those that count processes
 * together: hosts may have the same name, and containers of one host the same numbers.
 *
 * @param process the process
 * @param counting the boot and the namespace in which it has its number; empty where nobody tells
 */
record Owner(String process, String counting) {
  private static final Owner CURRENT =
      new Owner(ProcessIdentity.current().toString(), currentCounting());

  static Owner current() {
    return CURRENT;
  }

  static Owner parse(String text) {
    int tab = text.indexOf('\t');
    return tab < 0
        ? new Owner(text, "")
        : new Owner(text.substring(0, tab), text.substring(tab + 1));
  }

  /** Whether the process is seen to be gone. */
  boolean isGone() {
    ProcessIdentity identity = ProcessIdentity.parse(process);
    return identity != null
        && !counting.isEmpty()
        && counting.equals(CURRENT.counting)
        && identity.life() == ProcessIdentity.Life.GONE;
  }

  /** proc(5), pid_namespaces(7). */
  private static String currentCounting() {
    try {
      Path boot = Path.of("/proc/sys/kernel/random/boot_id");
      return Files.readString(boot).strip() + " "
          + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }

  /** What {@link #parse} reads. */
  @Override
  public String toString() {
    return process + "\t" + counting;
  }
}
