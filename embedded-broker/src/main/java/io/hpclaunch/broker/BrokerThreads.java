// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.broker;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All threads of one broker: a group of their own, so that they can be awaited at its end, and the
 * plugin's class loader, where Broker-J looks for its parts.
 */
final class BrokerThreads {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerThreads.class);
  private static final int ROOM = 64;

  private final ThreadGroup group;

  BrokerThreads(SocketAddress address) {
    group = new ThreadGroup("broker " + address);
  }

  /** Does it on a thread of the group, whose group and class loader all that it starts inherit. */
  <T> T call(Callable<T> work) throws IOException {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(group, task, "broker-start");
    thread.setContextClassLoader(BrokerThreads.class.getClassLoader());
    thread.start();
    try {
      return uninterrupted(task);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException told) {
        throw told;
      }
      throw new IOException("a broker cannot be started: " + e.getCause(), e);
    }
  }

  /** Half a broker cannot be taken back: whoever is interrupted hears of it afterwards. */
  private static <T> T uninterrupted(FutureTask<T> task) throws ExecutionException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits until all have ended. */
  void join(int seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      for (Thread thread : living()) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        thread.join(Math.max(left, 1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    List<Thread> left = living();
    if (!left.isEmpty()) {
      LOG.warn("Threads of {} have not ended: {}", group.getName(), left);
    }
  }

  /** Without those of the common pool: it is everybody's, whoever had it make them. */
  private List<Thread> living() {
    Thread[] all = new Thread[ROOM];
    int count = group.enumerate(all);
    return Arrays.stream(all, 0, count)
        .filter(thread -> !(thread instanceof ForkJoinWorkerThread))
        .toList();
  }
}
