// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.pool;

import io.hpclaunch.api.InvalidConfiguration;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Interruption;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.job.Times;
import io.hpclaunch.core.config.StateFolder;
import io.hpclaunch.pool.TaskOptions;
import io.hpclaunch.pool.WorkerPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hpc pool map}: a command for each line of standard input. */
@Command(
    name = "map",
    description = {
      "Run a command in a pool for each line of standard input, as xargs does on one machine.",
      "{} in a word stands for the line, byte for byte; where no word has it, the line is one word"
          + " more. Empty lines are passed over. No shell is involved. What a command writes is"
          + " passed on in one piece, to the same output, in the order of the lines. The variable"
          + " HPC_TASK_INDEX counts the tasks from 0. Without any input nothing is started.",
      "The exit status is 0, or 123 if any task failed. Ctrl-C cancels all tasks."
    })
final class MapCommand extends PoolCommand {
  @Parameters(index = "0", paramLabel = "NAME", description = "The pool, or default.")
  private String name = "";

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "-- COMMAND [ARG...]",
      hideParamSyntax = true,
      description = "The command behind --, and its arguments.")
  private List<String> words = new ArrayList<>();

  @Option(
      names = {"-0", "--null"},
      description = "Inputs end with a NUL, and not with their line.")
  private boolean isNul;

  @Option(names = "--unordered", description = "Print outputs as the tasks end.")
  private boolean unordered;

  @Option(
      names = {"-D", "--directory"},
      paramLabel = "DIR",
      description = "Where the commands run; default: here, under the same path.")
  private @Nullable String directory;

  @Option(
      names = "--retries",
      paramLabel = "N",
      defaultValue = "0",
      description = "How often a task that failed is begun again; default: ${DEFAULT-VALUE}.")
  private int retries;

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      description = "How long a task may run, such as 90s or 1h, each attempt anew.")
  private @Nullable String timeLimit;

  @Option(
      names = "--cpus",
      paramLabel = "N",
      description = "Cpus of each task, also a fraction; default: cpus_task of the pool.")
  private @Nullable Double cpus;

  @Option(
      names = "--gpus",
      paramLabel = "N",
      defaultValue = "0",
      description = "Gpus of each task; default: ${DEFAULT-VALUE}.")
  private int gpus;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write a page about the tasks, which a browser shows without a network: a"
          + " timeline, durations, failures.")
  private @Nullable String report;

  MapCommand(Session session) {
    super(session);
  }

  @Override
  protected int run() throws InterruptedException {
    MapRun.Options options = new MapRun.Options(
        new WordTemplate(words),
        directory == null ? session().callersDirectory() : inCallers(directory),
        taskOptions(),
        !unordered,
        session().stdout(),
        session().stderr(),
        this::tell);
    if (report != null) {
      checkReport(session().file(report));
    }
    InputLines inputs = new InputLines(session().stdin(), isNul);
    return isEmpty(inputs) ? ExitStatus.OK : map(options, inputs);
  }

  private static boolean isEmpty(InputLines inputs) {
    try {
      return inputs.isEmpty();
    } catch (IOException e) {
      throw MapRun.unreadable(e);
    }
  }

  private int map(MapRun.Options options, InputLines inputs) throws InterruptedException {
    TaskLog log = report == null ? TaskLog.none() : TaskLog.forPage();
    try (WorkerPool pool = pools().open(name)) {
      MapRun run = new MapRun(pool, options, log);
      int status = Interruption.does(run::interrupt, () -> map(run, inputs));
      if (report != null) {
        write(log, pool, session().file(report));
      }
      return status;
    }
  }

  /** Hours later would be too late. */
  private static void checkReport(Path file) {
    Path folder = file.getParent();
    if (Files.isDirectory(file)) {
      throw unwritable(file, "it is a folder");
    }
    if (folder == null || !Files.isDirectory(folder)) {
      throw unwritable(file, folder + " is no folder; make it first");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw unwritable(file, "no permission; nothing was handed over");
    }
  }

  private static InvalidConfiguration unwritable(Path file, String why) {
    return new InvalidConfiguration("--report: " + file + " cannot be written: " + why);
  }

  private String inCallers(String folder) {
    return folder.startsWith("/") ? folder : session().callersDirectory() + "/" + folder;
  }

  private TaskOptions taskOptions() {
    try {
      return new TaskOptions(
          timeLimit == null ? null : Times.duration("--time-limit", timeLimit),
          retries,
          cpus,
          gpus);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private int map(MapRun run, InputLines inputs) throws InterruptedException {
    run.start(inputs);
    try (Progress progress = progress()) {
      run.print(progress);
    }
    if (run.failed() > 0) {
      tell(run.summary());
    }
    return run.failed() > 0 ? ExitStatus.SOME_FAILED : ExitStatus.OK;
  }

  private void write(TaskLog log, WorkerPool pool, Path file) {
    try {
      log.write(pool.name(), pool.backend(), file);
    } catch (IOException e) {
      throw new InvalidConfiguration(file + " cannot be written: " + StateFolder.words(e), e);
    }
  }
}
