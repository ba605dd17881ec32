// SPDX-License-Identifier: Apache-2.0
package io.hpclaunch.cli.run;

import io.hpclaunch.api.BackendUnavailable;
import io.hpclaunch.api.HpcRuntime;
import io.hpclaunch.cli.ExitStatus;
import io.hpclaunch.cli.Installation;
import io.hpclaunch.cli.Session;
import io.hpclaunch.cli.job.Progress;
import io.hpclaunch.cli.output.Json;
import io.hpclaunch.cli.output.OneLine;
import io.hpclaunch.cli.output.Sizes;
import io.hpclaunch.core.config.Configuration;
import io.hpclaunch.core.shell.Quoting;
import io.hpclaunch.operator.ComputeOperator;
import io.hpclaunch.operator.RunListener;
import io.hpclaunch.operator.RunSpec;
import io.hpclaunch.operator.RunStatus;
import io.hpclaunch.operator.RunYaml;
import io.hpclaunch.operator.TaskStatus;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the commands about runs share. */
abstract class RunCommand implements Callable<Integer> {
  private final Session session;
  private final Set<String> problems = new LinkedHashSet<>();
  private @Nullable Progress progress;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--run-dir",
      paramLabel = "DIR",
      description = "The folder that runs/ is in; default: the working directory.")
  private String directory = "";

  @Option(names = "--json", description = "Print JSON: a list, with an object for each task.")
  private boolean json;

  RunCommand(Session session) {
    this.session = session;
  }

  /** Does the work; gives the exit status. */
  abstract int run(ComputeOperator operator) throws InterruptedException;

  @Override
  public final Integer call() {
    PrintWriter err = err();
    boolean terminal = session.installation().terminals().contains(Installation.Stream.ERR);
    try (Progress line = new Progress(err, terminal);
        ComputeOperator operator = operator()) {
      progress = line;
      return run(operator);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitStatus.INTERRUPTED;
    } catch (LinkageError e) { // a plugin that lacks a class
      throw new BackendUnavailable("a plugin cannot be used: " + e, e);
    }
  }

  private ComputeOperator operator() {
    HpcRuntime runtime = session.runtime();
    return ComputeOperator.over(runtime)
        .directory(session.file(directory))
        .settings(this::settings)
        .listener(new Teller())
        .build();
  }

  /** What holds for a backend: its entry, and what is no entry's. Secrets are masked. */
  private Map<String, String> settings(String backend) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (Configuration.Value value : session.configuration().effective()) {
      String key = value.key();
      boolean isOthers =
          key.startsWith("backends.") && !key.startsWith("backends." + backend + ".");
      if (!isOthers && !key.startsWith("worker_pools.")) {
        settings.put(key, value.text());
      }
    }
    return settings;
  }

  /** Problems are told once each; work that takes long is shown on a terminal. */
  private final class Teller implements RunListener {
    @Override
    public void problem(String problem) {
      if (problems.add(problem)) {
        tell(problem);
      }
    }

    @Override
    public void changed(String run, TaskStatus task) {
      changedTask(task);
    }

    @Override
    public void seen(RunStatus status) {
      show(status.run() + ": " + status.words());
    }

    @Override
    public void uploading(String task, long files, long bytes) {
      show(task + ": uploading " + Sizes.files(files, bytes));
    }

    @Override
    public void collecting(String task, long files, long bytes) {
      show(task + ": collecting " + Sizes.files(files, bytes));
    }
  }

  /** A task stands anew. */
  void changedTask(TaskStatus task) {}

  private void show(String line) {
    if (progress != null) {
      progress.show(line);
    }
  }

  /** One line on standard error. */
  final void tell(String line) {
    if (progress != null) {
      progress.clear();
    }
    err().println("hpc: " + OneLine.of(line));
    err().flush();
  }

  final Session session() {
    return session;
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final boolean isJson() {
    return json;
  }

  /** The command line is wrong. */
  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Where a problem was told, not all was done. */
  final int status() {
    return problems.isEmpty() ? ExitStatus.OK : ExitStatus.REFUSED;
  }

  /** Prints where the tasks stand. */
  final void print(RunStatus status) {
    if (progress != null) {
      progress.clear();
    }
    if (json) {
      Json.print(RunReport.objects(status), out());
    } else {
      RunReport.print(status, out());
    }
    out().flush();
  }

  /** Whether a word names a file, and no run. */
  static boolean isFile(String word) {
    return word.indexOf('/') >= 0 || word.endsWith(".yaml") || word.endsWith(".yml");
  }

  /** Reads the tasks of a file. */
  final RunSpec read(String file, FileOptions options) {
    RunSpec run = RunYaml.read(session.file(file), file, options.run);
    return options.backend == null ? run : run.on(options.backend);
  }

  /** The run that a word means: its id, or that of a file's run. */
  final String runOf(String word) {
    return isFile(word) ? read(word, new FileOptions()).id() : word;
  }

  /** What a command must be given, beside its words, to find the same runs. */
  final String directoryWords() {
    return directory.isEmpty() ? "" : " --run-dir " + Quoting.quote(directory);
  }
}
