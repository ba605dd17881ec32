// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.io.PrintWriter;

/** Tells a user who ends a watcher with Ctrl-C that the job goes on. */
public final class Interruption {
  private Interruption() {}

  /** What takes long. */
  public interface Watching {
    /**
     * Watches.
     *
     * @return the exit status
     * @throws InterruptedException when the waiting thread is interrupted
     */
    int run() throws InterruptedException;
  }

  /**
   * Watches; where the JVM is ended in the meantime, the line is told.
   *
   * @param err where it is told
   * @param line the line
   * @param watching what takes long
   * @return its exit status
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public static int tells(PrintWriter err, String line, Watching watching)
      throws InterruptedException {
    Thread hook = new Thread(() -> {
      err.println("hpc: " + line);
      err.flush();
    });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return watching.run();
    } finally {
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM ends already, and the hook has told
    }
  }
}
