// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcException;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.output.OutputLost;
import io.hpclaunch.cli.output.Spans;
import io.hpclaunch.pool.Batch;
import io.hpclaunch.pool.CommandResult;
import io.hpclaunch.pool.CommandTask;
import io.hpclaunch.pool.TaskException;
import io.hpclaunch.pool.TaskFuture;
import io.hpclaunch.pool.TaskOptions;
import io.hpclaunch.pool.TaskRun;
import io.hpclaunch.pool.WorkerPool;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs a command for each input: one thread reads and hands over, another one prints what comes
 * back, each task's output in one piece.
 */
final class MapRun {
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Tasks that are ended have their processes ended, which takes as long. */
  private static final Duration TO_CANCEL = Duration.ofSeconds(5);

  private final WorkerPool pool;
  private final Options options;
  private final MapQueue queue;
  private final TaskLog log;
  private final Instant begun = Instant.now();

  /** Tasks are handed over one by one, and share batches. */
  private final Set<Batch<CommandResult>> batches = ConcurrentHashMap.newKeySet();

  private volatile boolean isInterrupted;
  private final AtomicInteger handedOver = new AtomicInteger();
  private int ended;
  private int failed;
  private @Nullable String firstFailure;

  /**
   * How it is done.
   *
   * @param words the command
   * @param directory where it runs
   * @param task what each task needs
   * @param isOrdered whether outputs come in the order of the inputs
   * @param stdout takes what commands write to their standard output
   * @param stderr takes what they write to their standard error
   * @param tell takes a line about a task that gave no result
   */
  record Options(
      WordTemplate words,
      String directory,
      TaskOptions task,
      boolean isOrdered,
      OutputStream stdout,
      OutputStream stderr,
      Consumer<String> tell) {}

  MapRun(WorkerPool pool, Options options, TaskLog log) {
    this.pool = pool;
    this.options = options;
    this.log = log;
    this.queue = new MapQueue(options.isOrdered());
  }

  /** Hands all inputs over, on a thread of its own. */
  void start(InputLines inputs) {
    Thread reader = new Thread(() -> read(inputs), "inputs");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputLines inputs) {
    try {
      for (String input = inputs.next(); input != null && queue.enter(); input = inputs.next()) {
        CommandTask task =
            CommandTask.of(options.words().with(input)).withDirectory(options.directory());
        TaskFuture<CommandResult> future = pool.submit(task, options.task());
        batches.add(future.batch());
        queue.add(future);
        handedOver.incrementAndGet();
      }
      queue.end(null);
    } catch (IOException | RuntimeException e) {
      queue.end(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      queue.end(e);
    }
  }

  /**
   * Prints what comes back, to the end.
   *
   * @throws BackendUnavailable when nobody will run the tasks
   * @throws OutputLost when it cannot be printed
   */
  void print(Progress progress) throws InterruptedException {
    boolean isDone = false;
    try {
      Instant shown = Instant.EPOCH;
      while (!queue.isOver() && !isInterrupted && queue.failure() == null) {
        TaskFuture<CommandResult> task = queue.next(LOOK);
        if (task != null) {
          progress.clear();
          queue.leave(print(task));
        }
        if (Duration.between(shown, Instant.now()).compareTo(LOOK) > 0) {
          progress.show(progress());
          shown = Instant.now();
        }
      }
      isDone = queue.isOver() && queue.failure() == null;
    } finally {
      if (!isDone && !isInterrupted) {
        cancel();
      }
    }
    if (isInterrupted) {
      new CountDownLatch(1).await(); // for the JVM's end: until then the pool is needed
    }
    Throwable failure = queue.failure();
    if (failure != null) {
      throw told(failure);
    }
  }

  private static RuntimeException told(Throwable failure) {
    if (failure instanceof HpcException ours) {
      return ours;
    }
    return failure instanceof IOException unread
        ? unreadable(unread)
        : new IllegalStateException("tasks cannot be handed over", failure);
  }

  /** What is told of inputs that cannot be read. */
  static BackendUnavailable unreadable(IOException e) {
    return new BackendUnavailable("the inputs cannot be read: " + e.getMessage(), e);
  }

  /** The JVM ends: gives up what has not ended, and keeps {@link #print} from going on. */
  void interrupt() {
    isInterrupted = true;
    cancel();
  }

  /** Gives up what has not ended, and waits for its end. */
  private void cancel() {
    queue.end(null);
    try {
      batches.forEach(Batch::cancel);
      boolean unused = pool.awaitIdle(TO_CANCEL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable CommandResult print(TaskFuture<CommandResult> task)
      throws InterruptedException {
    TaskRun run = task.run().orElse(null);
    ended++;
    try {
      CommandResult result = task.get();
      write(result);
      boolean isWell = result.status() == 0;
      log.add(isWell ? "completed" : "failed", result.status(), run);
      if (!isWell) {
        fail(task, "exit status " + result.status(), result.errors());
      }
      return result;
    } catch (ExecutionException e) {
      noResult(task, e.getCause());
    } catch (CancellationException e) {
      log.add("cancelled", null, run);
    }
    return null;
  }

  private void noResult(TaskFuture<CommandResult> task, @Nullable Throwable cause) {
    String why = String.valueOf(cause == null ? null : cause.getMessage());
    TaskException.Reason reason = cause instanceof TaskException told ? told.reason() : null;
    if (reason == TaskException.Reason.NO_WORKERS) {
      throw new BackendUnavailable(why);
    }
    log.add("failed", null, task.run().orElse(null));
    String how =
        reason == null ? "failed" : reason.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    fail(task, how, why);
    options.tell().accept(why);
  }

  private void fail(TaskFuture<CommandResult> task, String how, String errors) {
    failed++;
    if (firstFailure == null) {
      firstFailure = "task " + task.index() + ": " + how;
    }
    log.fail(ended, how, errors);
  }

  private void write(CommandResult result) {
    try {
      options.stdout().write(result.stdout());
      options.stderr().write(result.stderr());
    } catch (IOException e) {
      throw new OutputLost(e);
    }
  }

  private String progress() throws InterruptedException {
    if (ended == 0 && !pool.awaitWorkers(1, Duration.ZERO)) {
      return "waiting for workers of " + pool.name() + "; " + handedOver + " tasks wait";
    }
    int all = handedOver.get();
    int open = all - ended;
    String failures = failed == 0 ? "" : ", " + failed + " failed";
    String pace = Spans.pace(
        "tasks", ended, Duration.between(begun, Instant.now()), queue.isWhole() ? open : 0);
    String count =
        queue.isWhole() ? Spans.bar(ended, all) : ended + " ended, " + open + " wait or run";
    return count + failures + (pace.isEmpty() ? "" : "; " + pace);
  }

  /** How many tasks gave no result, or another exit status than 0. */
  int failed() {
    return failed;
  }

  /** Such as {@code 2 of 10 tasks failed, the first is task 3: exit status 1}. */
  String summary() {
    return failed + " of " + ended + (ended == 1 ? " task" : " tasks") + " failed, the first is "
        + firstFailure;
  }
}
