// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A worker as a process. Its one argument is the file with its settings. Beside it a file named
 * {@code warned} appears, before it is asked to end, where that is because of the walltime.
 */
public final class WorkerMain {
  private WorkerMain() {}

  /**
   * Works until the pool is deleted, its time is over, or it has had nothing to do for long enough.
   *
   * @param args the file with the settings
   * @throws InterruptedException never: nobody interrupts this thread
   */
  public static void main(String[] args) throws InterruptedException {
    if (args.length != 1) {
      System.err.println("usage: WorkerMain FILE");
      System.exit(2);
    }
    Path file = Path.of(args[0]);
    WorkerSettings settings;
    try {
      settings = WorkerSettings.read(file);
    } catch (IOException e) {
      System.err.println("cannot read the worker's settings: " + e);
      System.exit(2);
      return;
    }
    Worker worker = new Worker(WorkerIdentity.current(System.getenv()), settings);
    Path warned = file.resolveSibling("warned");
    Runnable end =
        () -> worker.endWithJvm(Files.exists(warned) ? settings.warned() : settings.drain());
    Runtime.getRuntime().addShutdownHook(new Thread(end, "end"));
    worker.work();
    System.exit(0); // threads of tasks that never end do not hold it
  }
}
