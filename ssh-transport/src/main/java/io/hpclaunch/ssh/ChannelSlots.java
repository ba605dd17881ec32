// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How many channels a connection may have open: sshd's {@code MaxSessions}, which it does not tell.
 * It begins with sshd's default; a refusal tells that there are as many as there may be.
 */
final class ChannelSlots {
  private static final int DEFAULT_MAX_SESSIONS = 10;

  /** A server may need a moment to see that a channel was closed. */
  private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(100);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();
  private int limit = DEFAULT_MAX_SESSIONS;
  private int used;
  private long refusedAt;
  private boolean alone;

  /**
   * Waits for one.
   *
   * @param deadline in {@link System#nanoTime}
   * @return false when the time was over first
   */
  boolean acquire(long deadline) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (used >= limit || quiet() > 0) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        freed.awaitNanos(used >= limit ? left : Math.min(left, quiet()));
      }
      used++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Takes one where there is one at once. */
  boolean tryAcquire() {
    lock.lock();
    try {
      if (used >= limit) {
        return false;
      }
      used++;
      return true;
    } finally {
      lock.unlock();
    }
  }

  void release() {
    lock.lock();
    try {
      used--;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The server has refused the one that was just taken, which is given back. Where none of ours is
   * left to wait for, the next try is a moment later.
   */
  void refused() {
    lock.lock();
    try {
      used--;
      limit = Math.max(1, used);
      refusedAt = System.nanoTime();
      alone = used == 0;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long quiet() {
    return alone ? refusedAt + MOMENT - System.nanoTime() : 0;
  }

  /** Whether somebody would have to wait. */
  boolean exhausted() {
    lock.lock();
    try {
      return used >= limit;
    } finally {
      lock.unlock();
    }
  }

  /** Whether somebody waits. */
  boolean isWanted() {
    lock.lock();
    try {
      return lock.hasWaiters(freed);
    } finally {
      lock.unlock();
    }
  }

  int limit() {
    lock.lock();
    try {
      return limit;
    } finally {
      lock.unlock();
    }
  }
}
