// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

/**
 * Keeps Broker-J from ending the process: its housekeeping halts the JVM after a failure unless
 * there is a default handler for uncaught exceptions (HousekeepingExecutor of Broker-J 10.1). Where
 * the application has none, there is one as long as a broker runs, which does what the JVM would.
 */
final class HaltGuard implements Thread.UncaughtExceptionHandler {
  private static final HaltGuard GUARD = new HaltGuard();

  private static int brokers;

  private HaltGuard() {}

  /** Before a broker starts. */
  static synchronized void enter() {
    brokers++;
    if (Thread.getDefaultUncaughtExceptionHandler() == null) {
      Thread.setDefaultUncaughtExceptionHandler(GUARD);
    }
  }

  /** After it has ended. */
  static synchronized void leave() {
    brokers--;
    if (brokers == 0 && Thread.getDefaultUncaughtExceptionHandler() == GUARD) {
      Thread.setDefaultUncaughtExceptionHandler(null);
    }
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    System.err.print("Exception in thread \"" + thread.getName() + "\" ");
    thrown.printStackTrace();
  }
}
