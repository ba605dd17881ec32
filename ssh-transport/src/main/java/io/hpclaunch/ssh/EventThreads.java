// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.ssh;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.util.threads.NoCloseExecutor;

/**
 * The threads that the network's events are handled in.
 *
 * <p>An event that comes when they have ended is passed over: it is about a connection that was
 * closed. MINA SSHD's own throw then, in a thread of Java's that hands out events and can tell
 * nobody but standard error.
 */
final class EventThreads extends NoCloseExecutor {
  private EventThreads(ExecutorService threads) {
    super(threads);
  }

  /** As many as that, named so; none of them keeps a process alive. */
  static EventThreads start(int count, String name) {
    return new EventThreads(Executors.newFixedThreadPool(count, task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    }));
  }

  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // They have ended.
    }
  }

  @Override
  public CloseFuture close(boolean immediately) {
    executor.shutdown();
    return super.close(immediately);
  }
}
