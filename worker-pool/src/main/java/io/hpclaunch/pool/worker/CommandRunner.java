// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.pool.worker;

import io.hpclaunch.pool.wire.CommandEnd;
import io.hpclaunch.pool.wire.CommandInput;
import io.hpclaunch.pool.wire.Outcome;
import io.hpclaunch.pool.wire.Payload;
import io.hpclaunch.pool.wire.Task;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/** Runs commands, each in a process of its own. */
final class CommandRunner implements TaskRunner {
  /** Of a command that TERM ended. */
  private static final int TERMINATED = 128 + 15;

  private final Values values;
  private final TimeLimits limits;
  private final ExecutorService readers;
  private final boolean dealsGpus;
  private final EndOfWorker end;

  /** Whether the worker is told to end. */
  interface EndOfWorker {
    /** Waits a moment before it denies. */
    boolean isTold() throws InterruptedException;
  }

  CommandRunner(
      Values values,
      TimeLimits limits,
      ExecutorService readers,
      boolean dealsGpus,
      EndOfWorker end) {
    this.dealsGpus = dealsGpus;
    this.end = end;
    this.values = values;
    this.limits = limits;
    this.readers = readers;
  }

  @Override
  public Ending run(Held task)
      throws RefusedException, CutShortException, InterruptedException, IOException {
    CommandInput command = CommandInput.decode(values.read(task.task().input()));
    Process process = start(command, task);
    ProcessTree tree = new ProcessTree(process, mark(task));
    task.stoppedBy(tree::end);
    try (TimeLimits.Timer timer = limits.start(task.task().limit(), tree::end)) {
      Future<Payload> stderr =
          readers.submit(() -> collect(task, "stderr", process.getErrorStream()));
      feed(process, command.stdin());
      Payload stdout = collect(task, "stdout", process.getInputStream());
      int status = process.waitFor();
      return ending(task, new CommandEnd(status, stdout, stderr.get()), timer);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      tree.endNow();
    }
  }

  private Ending ending(Held task, CommandEnd how, TimeLimits.Timer timer)
      throws CutShortException, InterruptedException, IOException {
    if (timer.isOver()) {
      return TimeLimits.ending("the command", task);
    }
    if (task.isCancelled()) {
      throw new InterruptedException();
    }
    // Some schedulers and launchers end all processes of a job, those of tasks among them.
    if (how.status() == TERMINATED && end.isTold()) {
      throw new CutShortException();
    }
    Outcome outcome = how.status() == 0 ? Outcome.DONE : Outcome.FAILED;
    return new Ending(outcome, values.write(task, "end", how.encode()), false);
  }

  private Process start(CommandInput command, Held task) throws RefusedException {
    Map<String, String> own = new HashMap<>();
    Task told = task.task();
    own.put("HPC_BATCH_ID", task.key().batch());
    own.put("HPC_TASK_INDEX", Integer.toString(told.index()));
    own.put("HPC_TASK_ATTEMPT", Integer.toString(told.begun()));
    own.put(ProcessTree.VARIABLE, mark(task));
    if (dealsGpus) {
      own.put("CUDA_VISIBLE_DEVICES", String.join(",", task.share().gpus()));
    }
    try {
      return CommandProcess.of(command, own).start();
    } catch (IOException | RuntimeException e) { // the latter for a NUL
      throw new RefusedException("the command cannot be started: " + e.getMessage(), e);
    }
  }

  private static String mark(Held task) {
    return task.key().batch() + "/" + task.key().index() + "/" + task.task().begun();
  }

  private void feed(Process process, byte[] stdin) throws IOException {
    if (stdin.length == 0) {
      process.getOutputStream().close();
      return;
    }
    // A program that reads little while it writes much must not wait for us.
    Future<?> unused = readers.submit(() -> {
      try (OutputStream out = process.getOutputStream()) {
        out.write(stdin);
      } catch (IOException e) {
        return null; // it ended, or closed its input, without reading all
      }
      return null;
    });
  }

  private Payload collect(Held task, String name, InputStream in) throws IOException {
    try (in) {
      byte[] first = in.readNBytes(values.inlineLimit() + 1);
      if (first.length <= values.inlineLimit()) {
        return new Payload.Inline(first);
      }
      String key = Values.key(task, name);
      try (var writing = values.store().create(key)) {
        writing.stream().write(first);
        long rest = in.transferTo(writing.stream());
        writing.keep();
        return new Payload.Stored(key, first.length + rest);
      }
    }
  }
}
