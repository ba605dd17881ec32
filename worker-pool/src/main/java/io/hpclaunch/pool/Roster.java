// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.wire.WorkerReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The workers that are heard of. */
final class Roster {
  /** Workers report every five seconds. */
  private static final Duration SILENT = Duration.ofSeconds(20);

  private final Runnable newcomer;
  private volatile Runnable also = () -> {};
  private final Map<String, Heard> workers = new LinkedHashMap<>();

  private record Heard(WorkerReport report, long at) {}

  /**
   * Makes an empty roster.
   *
   * @param newcomer run when a worker is heard for the first time
   */
  Roster(Runnable newcomer) {
    this.newcomer = newcomer;
  }

  /** Something more that is run when a worker is heard for the first time. */
  synchronized void onFirst(Runnable action) {
    also = action;
  }

  void hear(WorkerReport report) {
    boolean isNew;
    synchronized (this) {
      if (report.state() == WorkerReport.State.GONE) {
        workers.remove(report.worker());
        notifyAll();
        return;
      }
      isNew = workers.put(report.worker(), new Heard(report, System.nanoTime())) == null;
      notifyAll();
    }
    if (isNew) {
      newcomer.run();
      also.run();
    }
  }

  /** Those who were heard a short while ago, in the order in which they came. */
  synchronized List<WorkerReport> present() {
    List<WorkerReport> present = new ArrayList<>();
    for (Heard heard : workers.values()) {
      if (System.nanoTime() - heard.at() < SILENT.toNanos()) {
        present.add(heard.report());
      }
    }
    return present;
  }

  /** Waits until a process of this machine is there; whether that came in time. */
  synchronized boolean awaitProcess(long pid, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (present().stream().noneMatch(report -> report.pid() == pid)) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Waits until so many are there; whether that came in time. */
  synchronized boolean await(int count, Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (present().size() < count) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
