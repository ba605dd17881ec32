// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.job;

import java.io.PrintWriter;

/** Tells a user who ends a watcher with Ctrl-C that the job goes on. */
public final class Interruption {
  private Interruption() {}

  /** What takes long; it gives the exit status. */
  public interface Watching {
    /**
     * Does what takes long.
     *
     * @return the exit status
     * @throws InterruptedException when the thread is interrupted
     */
    int run() throws InterruptedException;
  }

  /**
   * Watches; where the JVM is ended in the meantime, the line is told.
   *
   * @param err where to
   * @param line what goes on, and how to come back to it
   * @param watching what takes long
   * @return its exit status
   * @throws InterruptedException when the thread is interrupted
   */
  public static int tells(PrintWriter err, String line, Watching watching)
      throws InterruptedException {
    return does(
        () -> {
          err.println("hpc: " + line);
          err.flush();
        },
        watching);
  }

  /**
   * Watches; where the JVM is ended in the meantime, something is done before.
   *
   * @param last what is done, on a thread of its own
   * @param watching what takes long
   * @return its exit status
   * @throws InterruptedException when the thread is interrupted
   */
  public static int does(Runnable last, Watching watching) throws InterruptedException {
    Thread hook = new Thread(last);
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
