// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.pool.CommandResult;
import io.hpclaunch.pool.CommandTask;
import io.hpclaunch.pool.TaskFuture;
import io.hpclaunch.pool.TaskRun;
import io.hpclaunch.pool.WorkerPool;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hpc pool hello}: one task, and what it cost. */
@Command(
    name = "hello",
    description = {
      "Have a pool run one task, and tell what it cost: how long the workers were waited for, and"
          + " how long the task took there and back."
    })
final class HelloCommand extends NamedPoolCommand {
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final double MILLI = 1e-3;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  HelloCommand(Session session) {
    super(session);
  }

  /** What it cost; the names become keys. */
  record Hello(
      String pool,
      @Nullable String worker,
      @Nullable String host,
      boolean coldStart,
      double waitedSeconds,
      double roundTripSeconds) {}

  @Override
  protected int run() throws InterruptedException {
    long begun = System.nanoTime();
    try (WorkerPool pool = pools().open(name());
        ColdStart line = new ColdStart(progress())) {
      while (!pool.awaitWorkers(1, LOOK)) {
        line.show(pool.status());
      }
      double waited = seconds(begun);
      long sent = System.nanoTime();
      TaskFuture<CommandResult> task = pool.submit(CommandTask.of("true"));
      awaitEnd(task);
      double roundTrip = seconds(sent);
      line.clear();
      TaskRun run = task.run().orElse(null);
      print(new Hello(
          pool.name(),
          run == null ? null : run.worker(),
          run == null ? null : run.host(),
          pool.hasSubmitted(),
          waited,
          roundTrip));
    }
    return ExitStatus.OK;
  }

  private static void awaitEnd(TaskFuture<CommandResult> task) throws InterruptedException {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw new BackendUnavailable("the task was not run: " + e.getCause(), e);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private void print(Hello hello) {
    if (json) {
      Json.print(hello, out());
    } else {
      out()
          .println("hello from worker " + hello.worker() + " of pool " + hello.pool() + " on "
              + hello.host());
      out()
          .println((hello.coldStart() ? "cold start   " : "workers came ")
              + time(hello.waitedSeconds()));
      out().println("round trip   " + time(hello.roundTripSeconds()));
    }
    out().flush();
  }

  private static String time(double seconds) {
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f ms", seconds / MILLI)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }
}
