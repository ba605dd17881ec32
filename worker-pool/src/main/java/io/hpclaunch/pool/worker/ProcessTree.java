// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A command's process and all that came of it: its descendants, and those that lost their parents
 * and still carry the task's mark in their environment.
 */
final class ProcessTree {
  /** The variable with the mark. */
  static final String VARIABLE = "HPC_TASK_ID";

  private static final long GRACE_SECONDS = 5;
  private static final Path PROC = Path.of("/proc");

  private final Process process;
  private final String mark;
  private boolean asked;

  ProcessTree(Process process, String mark) {
    this.process = process;
    this.mark = mark;
  }

  /** Asks all of them to end, and ends them if they don't; returns at once. */
  void end() {
    synchronized (this) {
      if (asked) {
        return;
      }
      asked = true;
    }
    Thread thread = new Thread(this::endSlowly, "end of " + mark);
    thread.setDaemon(true);
    thread.start();
  }

  private void endSlowly() {
    members().forEach(ProcessHandle::destroy);
    try {
      process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    members().forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * Nothing of a task that was ended outlives it; a command that ended by itself may leave some.
   */
  void endNow() {
    boolean wasAsked;
    synchronized (this) {
      wasAsked = asked;
    }
    if (wasAsked || process.isAlive()) {
      members().forEach(ProcessHandle::destroyForcibly);
    }
  }

  private Set<ProcessHandle> members() {
    Set<ProcessHandle> members = new LinkedHashSet<>();
    members.add(process.toHandle());
    process.descendants().forEach(members::add);
    members.addAll(marked());
    return members;
  }

  private Set<ProcessHandle> marked() {
    Set<ProcessHandle> found = new LinkedHashSet<>();
    String wanted = VARIABLE + "=" + mark;
    try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path each : all) {
        if (carries(each, wanted)) {
          ProcessHandle.of(Long.parseLong(String.valueOf(each.getFileName())))
              .ifPresent(found::add);
        }
      }
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return found; // no such file system: descendants are what is known
    }
    return found;
  }

  private static boolean carries(Path process, String wanted) {
    try {
      String environment =
          new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.UTF_8);
      return ("\0" + environment).contains("\0" + wanted + "\0");
    } catch (IOException e) {
      return false; // somebody else's, or gone
    }
  }
}
