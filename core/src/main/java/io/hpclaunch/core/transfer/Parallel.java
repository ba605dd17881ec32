// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.core.transfer;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does several things at once where each of them waits for a host. */
final class Parallel implements AutoCloseable {
  private static final int THREADS = 8;

  private final ExecutorService threads;

  Parallel(String name) {
    threads = Executors.newFixedThreadPool(THREADS, task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }

  /** What is done with one of them. */
  @FunctionalInterface
  interface Work<T, R> {
    R on(T one) throws IOException;
  }

  /**
   * Does it with each.
   *
   * @return the results, in the order of what was given
   * @throws IOException the first error; what is under way then is interrupted
   */
  <T, R> List<R> each(Collection<T> all, Work<T, R> work) throws IOException {
    List<R> results = new ArrayList<>(all.size());
    if (all.size() == 1) {
      results.add(work.on(all.iterator().next()));
      return results;
    }
    List<Future<R>> futures = new ArrayList<>(all.size());
    for (T one : all) {
      Callable<R> task = () -> work.on(one);
      futures.add(threads.submit(task));
    }
    try {
      for (Future<R> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted").initCause(e);
    } catch (ExecutionException | CancellationException e) {
      if (e.getCause() instanceof IOException told) {
        throw told;
      }
      throw e.getCause() instanceof RuntimeException told ? told : new IllegalStateException(e);
    } finally {
      futures.forEach(future -> future.cancel(true));
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
