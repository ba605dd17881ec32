// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool;

import io.hpclaunch.pool.wire.WorkerReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The workers that are heard of. */
final class Roster {
  /** Workers report every five seconds. */
  private static final Duration SILENT = Duration.ofSeconds(20);

  private final Runnable newcomer;
  private volatile Consumer<WorkerReport> also = report -> {};
  private final Map<String, String> hosts = new ConcurrentHashMap<>();
  private final Map<String, Heard> workers = new LinkedHashMap<>();

  private record Heard(WorkerReport report, long at) {
    private boolean isPresent() {
      return System.nanoTime() - at < SILENT.toNanos();
    }
  }

  /**
   * Makes an empty roster.
   *
   * @param newcomer run when a worker is heard for the first time
   */
  Roster(Runnable newcomer) {
    this.newcomer = newcomer;
  }

  /** Takes somebody who is told, too, when a worker is heard for the first time. */
  void onFirst(Consumer<WorkerReport> action) {
    also = action;
  }

  /** Where a worker runs that was ever heard of, or null. */
  @Nullable String host(String worker) {
    return hosts.get(worker);
  }

  void hear(WorkerReport report) {
    boolean isNew;
    hosts.put(report.worker(), report.host());
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
      also.accept(report);
    }
  }

  /** Those who were heard a short while ago, in the order in which they came. */
  synchronized List<WorkerReport> present() {
    List<WorkerReport> present = new ArrayList<>();
    for (Heard heard : workers.values()) {
      if (heard.isPresent()) {
        present.add(heard.report());
      }
    }
    return present;
  }

  /** Waits until a process of this machine is there; whether that came in time. */
  boolean awaitProcess(long pid, Duration limit) throws InterruptedException {
    return await(() -> present().stream().anyMatch(report -> report.pid() == pid), limit);
  }

  /** Waits until so many are there; whether that came in time. */
  boolean await(int count, Duration limit) throws InterruptedException {
    return await(() -> present().size() >= count, limit);
  }

  /**
   * Waits until all that are there have said something that meets a condition; whether that came in
   * time.
   *
   * @param since what was said before this {@link System#nanoTime} does not count
   */
  boolean await(Predicate<WorkerReport> condition, long since, Duration limit)
      throws InterruptedException {
    return await(
        () -> workers.values().stream()
            .filter(Heard::isPresent)
            .allMatch(heard -> heard.at() - since >= 0 && condition.test(heard.report())),
        limit);
  }

  private synchronized boolean await(BooleanSupplier condition, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
